//! CIDR blocks.

#![forbid(unsafe_code)]

use std::net::IpAddr;

use super::address;

/// One block. IPv4 is kept as IPv4-mapped, so that one comparison serves both families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    mask: u128,
}

impl Network {
    /// Reads `10.0.0.0/8`, `fc00::/7` or a single address. Bits after the prefix are ignored.
    pub fn parse(text: &str) -> Option<Network> {
        let (host, prefix) = match text.split_once('/') {
            Some((host, prefix)) => (host, Some(prefix)),
            None => (text, None),
        };
        if host.contains(['%', '[']) {
            return None;
        }
        // `::ffff:10.0.0.0/104` is read as IPv4 but its prefix counts 128 bits.
        let v6_text = host.contains(':');
        if v6_text && host.contains('.') && host.split(':').count() == 2 {
            return None;
        }
        let bits = mapped(address::parse(host.as_bytes())?);
        let width = if v6_text { 128 } else { 32 };
        let prefix = match prefix {
            None => width,
            Some(text) if (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse::<u32>().ok()?
            }
            Some(_) => return None,
        };
        if prefix > width {
            return None;
        }
        let mask = u128::MAX.checked_shl(width - prefix).unwrap_or(0);
        Some(Network {
            bits: bits & mask,
            mask,
        })
    }

    /// Whether the block holds every address of a family: to trust it is to trust everybody.
    pub fn is_everything(&self) -> bool {
        self.mask.count_ones() == 0 || (self.mask.count_ones() <= 96 && self.bits == mapped_prefix())
    }

    /// Whether the address stands in the block.
    pub fn contains(&self, address: IpAddr) -> bool {
        mapped(address) & self.mask == self.bits
    }
}

/// Many blocks, compiled for one question: sorted, without overlap, found by halving.
pub struct Networks {
    ranges: Vec<(u128, u128)>,
}

impl Networks {
    pub fn new(blocks: Vec<Network>) -> Networks {
        let mut all: Vec<_> = blocks
            .iter()
            .map(|block| (block.bits, block.bits | !block.mask))
            .collect();
        all.sort_unstable();
        let mut ranges: Vec<(u128, u128)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match ranges.last_mut() {
                // Blocks that touch are one range.
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => ranges.push((first, last)),
            }
        }
        Networks { ranges }
    }

    /// Whether the address stands in one of the blocks.
    pub fn contains(&self, address: IpAddr) -> bool {
        let bits = mapped(address);
        let at = self.ranges.partition_point(|range| range.0 <= bits);
        at > 0 && bits <= self.ranges[at - 1].1
    }
}

fn mapped(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn mapped_prefix() -> u128 {
    0xffff << 32
}
