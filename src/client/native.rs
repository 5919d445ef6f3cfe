use napi::Error;
use napi_derive::napi;

use super::address;
use super::network::{Network, Networks as Set};
use crate::boundary::{Text, answer};
use crate::code::Code;
use crate::fault::Fault;

/// One address in its three forms.
#[napi(object, namespace = "client")]
pub struct Identity {
    /// Canonical text; IPv4-mapped addresses are IPv4.
    pub address: String,
    /// What a limiter counts by.
    pub key: String,
    /// What events may show.
    pub masked: String,
}

/// Reads one address; null where the text is none.
#[napi(namespace = "client", catch_unwind)]
pub fn identify(#[napi(ts_arg_type = "string")] text: Text, prefix: u32) -> Option<Identity> {
    let address = address::parse(text.as_bytes())?;
    Some(Identity {
        address: address.to_string(),
        key: address::key(address, prefix),
        masked: address::masked(address),
    })
}

/// A list of CIDR blocks.
#[napi(namespace = "client")]
pub struct Networks {
    set: Set,
}

#[napi(namespace = "client")]
impl Networks {
    /// Fails with `ERR_HAUBERK_OPTION_INVALID` on what is no block, and with
    /// `ERR_HAUBERK_CLIENT_TRUST_PROXY` on a block that holds everybody, unless `everybody` allows it.
    #[napi(constructor, catch_unwind)]
    pub fn new(blocks: Vec<String>, everybody: Option<bool>) -> Result<Self, Error<Code>> {
        answer(|| {
            let mut list = Vec::with_capacity(blocks.len());
            for (at, block) in blocks.iter().enumerate() {
                let network = Network::parse(block).ok_or_else(|| invalid(at))?;
                if network.is_everything() && everybody != Some(true) {
                    return Err(holds_everybody(at));
                }
                list.push(network);
            }
            Ok(Networks { set: Set::new(list) })
        })
    }

    /// Whether the text is an address that stands in one of the blocks.
    #[napi(catch_unwind)]
    pub fn contains(&self, #[napi(ts_arg_type = "string")] text: Text) -> bool {
        address::parse(text.as_bytes()).is_some_and(|address| self.set.contains(address))
    }
}

fn invalid(at: usize) -> Fault {
    Fault::new(
        Code::OptionInvalid,
        format!("item {at} is neither an address nor a CIDR block such as 10.0.0.0/8"),
    )
}

fn holds_everybody(at: usize) -> Fault {
    Fault::new(
        Code::ClientTrustProxy,
        format!("item {at} holds every address; name the networks of your proxies"),
    )
}
