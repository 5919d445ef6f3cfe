//! `client`: who is calling.
//!
//! 1. [`address`] reads one address as proxies write it (port, brackets, zone) and gives it one
//!    canonical form; what is not an address is `None`, never a guess.
//! 2. [`address::key`] is what a limiter counts by: the IPv4 address, however it is wrapped
//!    (IPv4-mapped, NAT64, 6to4, Teredo), or the network of an IPv6 address.
//! 3. [`network`] answers whether an address stands in a list of CIDR blocks. Only the IPv4-mapped form
//!    counts as IPv4 there: a stranger can own a 6to4 address that wraps 127.0.0.1.
//!
//! Everything here takes time linear in an input whose length is bounded.

pub mod address;
pub mod native;
pub mod network;

#[cfg(test)]
mod tests;
