//! How strong a password is. The other rules of the policy (length, lists, context words, breaches) are
//! JavaScript: they compare short texts, read files and ask the network.

pub mod guess;
pub mod native;
pub mod strength;
