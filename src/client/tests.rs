use std::net::IpAddr;

use proptest::prelude::*;

use super::address::{key, masked, parse};
use super::network::{Network, Networks};

fn key_of(text: &str) -> Option<String> {
    parse(text.as_bytes()).map(|address| key(address, 56))
}

#[test]
fn every_form_of_one_ipv4_address_is_one_key() {
    for text in [
        "1.2.3.4",
        " 1.2.3.4\t",
        "1.2.3.4:8080",
        "::ffff:1.2.3.4",
        "::ffff:102:304",
        "0:0:0:0:0:FFFF:1.2.3.4",
        "[::ffff:1.2.3.4]",
        "[::ffff:102:304]:443",
        "::ffff:1.2.3.4%eth0",
        "64:ff9b::1.2.3.4",
        "64:ff9b::102:304",
        "2002:102:304::1",
        "2002:0102:0304:ffff::9",
        "2001:0:4136:e378:8000:63bf:fefd:fcfb",
    ] {
        assert_eq!(key_of(text).as_deref(), Some("1.2.3.4"), "{text}");
    }
}

#[test]
fn what_only_ends_like_ipv4_is_a_network() {
    assert_eq!(
        key_of("2001:db8:1234:5678::1.2.3.4").as_deref(),
        Some("2001:db8:1234:5600::/56")
    );
    assert_eq!(key_of("::1.2.3.4").as_deref(), Some("::/56"));
    assert_eq!(key_of("64:ff9b:1::1.2.3.4").as_deref(), Some("64:ff9b:1::/56"));
}

#[test]
fn ipv6_is_cut() {
    let address = parse(b"2001:db8:1234:5678:9abc::1").unwrap();
    assert_eq!(key(address, 32), "2001:db8::/32");
    assert_eq!(key(address, 64), "2001:db8:1234:5678::/64");
    assert_eq!(key(address, 128), "2001:db8:1234:5678:9abc::1/128");
    assert_eq!(masked(address), "2001:db8:1234::/48");
    assert_eq!(masked(parse(b"203.0.113.77").unwrap()), "203.0.113.0/24");
    assert_eq!(key_of("fe80::1%eth0"), key_of("[fe80::2%25]:80"));
}

#[test]
fn garbage_is_no_address() {
    for text in [
        "",
        " ",
        "unknown",
        "_hidden",
        "127.1",
        "0x7f000001",
        "0177.0.0.1",
        "1.2.3.4.5",
        "1.2.3",
        "256.1.1.1",
        "1.2.3.4:",
        "1.2.3.4:99999",
        "1.2.3.4:8a",
        "1.2.3.4/8",
        "[::1",
        "::1]",
        "[::1]x",
        "[1.2.3.4]",
        "fe80::1%",
        "fe80::1%a/b",
        ":::",
        "1::2::3",
        "12345::",
        "\u{ff11}.2.3.4",
        "1.2.3.4\0",
        "1.2.3.4\n",
        "localhost",
    ] {
        assert_eq!(parse(text.as_bytes()), None, "{text:?}");
    }
    assert_eq!(parse(&[0xff, 0xfe]), None);
    assert_eq!(parse(&[b'1'; 100_000]), None);
}

#[test]
fn networks() {
    let inside = |block: &str, text: &str| {
        Network::parse(block)
            .unwrap()
            .contains(parse(text.as_bytes()).unwrap())
    };
    assert!(inside("10.0.0.0/8", "10.255.0.1"));
    assert!(inside("10.1.2.3/8", "::ffff:10.0.0.1"));
    assert!(!inside("10.0.0.0/8", "11.0.0.1"));
    assert!(inside("203.0.113.7", "203.0.113.7"));
    assert!(!inside("203.0.113.7", "203.0.113.8"));
    assert!(inside("fc00::/7", "fd12::1"));
    assert!(inside("::ffff:10.0.0.0/104", "10.9.9.9"));
    // A stranger's 6to4 or NAT64 address that wraps a private one is not that private one.
    assert!(!inside("127.0.0.0/8", "2002:7f00:1::1"));
    assert!(!inside("10.0.0.0/8", "64:ff9b::10.0.0.1"));
    for text in [
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "::/129",
        "10.0.0.1:80",
        "[::1]",
        "fe80::1%eth0",
        "example.com",
        "10.0.0.0/+8",
    ] {
        assert_eq!(Network::parse(text), None, "{text}");
    }
    for text in ["0.0.0.0/0", "::/0", "::ffff:0:0/96"] {
        assert!(Network::parse(text).unwrap().is_everything(), "{text}");
    }
    assert!(!Network::parse("fc00::/7").unwrap().is_everything());
}

proptest! {
    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(address) = parse(&bytes) {
            prop_assert_eq!(parse(address.to_string().as_bytes()), Some(address));
        }
    }

    #[test]
    fn address_like_text_never_panics(text in r"[0-9a-f:.%\[\]/ ]{0,60}") {
        let _ = (parse(text.as_bytes()), Network::parse(&text));
    }

    #[test]
    fn canonical_text_is_a_fixpoint(bits in any::<u128>(), port in any::<u16>()) {
        let v6 = std::net::Ipv6Addr::from_bits(bits);
        let address = parse(v6.to_string().as_bytes()).unwrap();
        prop_assert_eq!(parse(format!("[{v6}]:{port}").as_bytes()), Some(address));
        prop_assert_eq!(parse(address.to_string().as_bytes()), Some(address));
    }

    #[test]
    fn one_network_is_one_key(high in any::<u64>(), a in any::<u64>(), b in any::<u64>(), prefix in 32u32..=64) {
        let mask = u128::MAX << (128 - prefix);
        let at = |low: u64| IpAddr::V6(std::net::Ipv6Addr::from_bits(
            (u128::from(high | 1 << 63) << 64) & mask | (u128::from(low) & !mask),
        ));
        prop_assert_eq!(key(at(a), prefix), key(at(b), prefix));
    }

    #[test]
    fn many_blocks_agree_with_each_alone(
        blocks in prop::collection::vec((0u32..4096, 20u32..=32), 0..40),
        address in 0u32..4096,
    ) {
        let at = |low: u32| std::net::Ipv4Addr::from_bits(0xc633_0000 | low);
        let list: Vec<Network> = blocks
            .iter()
            .map(|(low, prefix)| Network::parse(&format!("{}/{prefix}", at(*low))).unwrap())
            .collect();
        let address = IpAddr::V4(at(address));
        let alone = list.iter().any(|network| network.contains(address));
        prop_assert_eq!(Networks::new(list).contains(address), alone);
    }

    #[test]
    fn cidr_agrees_with_bit_by_bit(net in any::<u32>(), address in any::<u32>(), prefix in 0u32..=32) {
        let block = format!("{}/{prefix}", std::net::Ipv4Addr::from_bits(net));
        let expected = (0..prefix).all(|i| (net ^ address) >> (31 - i) & 1 == 0);
        let v4 = IpAddr::V4(std::net::Ipv4Addr::from_bits(address));
        prop_assert_eq!(Network::parse(&block).unwrap().contains(v4), expected);
    }
}
