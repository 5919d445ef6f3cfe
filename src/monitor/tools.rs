//! What attack tools call themselves in `User-Agent`.
//!
//! Each word is the tool's own name, as its default agent or its documentation has it; tools that pretend to be a
//! browser cannot be told by it. Libraries (curl, python-requests, Go-http-client), search engines and surveys of the
//! whole Internet are not here: they are no attack by themselves.

#![forbid(unsafe_code)]

use once_cell::sync::Lazy;

use super::needles::Needles;

/// Longest agent that is looked at whole, in bytes.
const MOST: usize = 512;

static TOOLS: &[&str] = &[
    // Vulnerability scanners: cirt.net/nikto2, projectdiscovery.io, greenbone.net, tenable.com, acunetix.com,
    // invicti.com, qualys.com, wapiti-scanner.github.io, arachni-scanner.com, w3af.org, jaeles-project.github.io,
    // github.com/google/tsunami-security-scanner, rapid7.com, detectify.com, github.com/zaproxy.
    "nikto",
    "nuclei",
    "openvas",
    "openvas-vt",
    "greenbone",
    "nessus",
    "acunetix*",
    "netsparker",
    "invicti",
    "qualysguard",
    "wapiti",
    "arachni",
    "w3af",
    "w3af.org",
    "jaeles",
    "tsunamisecurityscanner",
    "appspider",
    "appscan",
    "detectify*",
    "owasp zap",
    "zaproxy",
    "skipfish",
    "nettacker",
    "yeswehack-hunter",
    // Injection: sqlmap.org, github.com: r0oth3x49/ghauri, commixproject/commix, ron190/jsql-injection,
    // s0md3v/XSStrike, hahwul/dalfox, epsylon/xsser, vladko312/SSTImap, epinna/tplmap, codingo/NoSQLMap.
    "sqlmap",
    "sqlmap-dev",
    "ghauri",
    "commix",
    "havij",
    "sqlninja",
    "jsql",
    "bsqlbf",
    "nosqlmap",
    "xsstrike",
    "dalfox",
    "xsser",
    "sstimap",
    "tplmap",
    "dotdotpwn",
    "fimap",
    "kadimus",
    "lfisuite",
    "lfimap",
    // Guessing of paths and passwords: github.com: OJ/gobuster, ffuf/ffuf, xmendez/wfuzz, epi052/feroxbuster,
    // maurosoria/dirsearch, OWASP/DirBuster, bitquark/shortscan, mazen160/bfac, vanhauser-thc/thc-hydra.
    "gobuster",
    "fuzz faster u fool",
    "ffuf",
    "wfuzz",
    "feroxbuster",
    "dirsearch",
    "dirbuster*",
    "shortscan",
    "bfac",
    "mozilla/4.0 (hydra)",
    "webshag",
    // One product at a time: wpscan.com, github.com: OWASP/joomscan, SamJoan/droopescan, dionach/CMSmap,
    // Chocapikk/wpprobe, dolevf/graphql-cop, dolevf/graphw00f, urbanadventurer/WhatWeb, Ekultek/WhatWaf.
    "wpscan",
    "wprecon",
    "wpprobe",
    "joomscan",
    "droopescan",
    "cmsmap",
    "cmseek",
    "graphql-cop",
    "graphw00f",
    "whatweb",
    "whatwaf",
    "wafw00f",
    // Sweeps over many servers: nmap.org, zmap.io, github.com: robertdavidgraham/masscan, LeakIX/l9explore,
    // and worms that never changed their name.
    "nmap",
    "nmap scripting engine",
    "masscan",
    "masscan-ng",
    "zgrab",
    "zgrab2",
    "l9explore",
    "l9tcpid",
    "zmeu",
    "morfeus",
    "jorgee",
    "netlab360",
    // Attacks that stand in the field itself: CVE-2021-44228 (Log4Shell), CVE-2014-6271 (Shellshock).
    "${jndi:*",
    "() { :*",
    "() {:*",
];

/// The list, ready to search.
pub static NEEDLES: Lazy<Needles> = Lazy::new(|| Needles::new(TOOLS));

/// The place in the list of the tool that an agent names.
pub fn find(agent: &[u8]) -> Option<usize> {
    let mut lower = [0; MOST];
    let text = &mut lower[..agent.len().min(MOST)];
    text.copy_from_slice(&agent[..text.len()]);
    text.make_ascii_lowercase();
    let within = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    NEEDLES.find(
        text,
        |before| before.is_none_or(|byte| !within(byte)),
        |next| !within(next),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_found_and_lookalikes_are_not() {
        for agent in [
            "sqlmap/1.8.2#stable (https://sqlmap.org)",
            "Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)",
            "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
            "Fuzz Faster U Fool v2.1.0-dev",
            "Mozilla/4.0 (Hydra)",
            "x ${jndi:ldap://a/b}",
            "() { :;}; /bin/true",
        ] {
            assert!(find(agent.as_bytes()).is_some(), "{agent}");
        }
        for agent in [
            "",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/145.0.0.0 Safari/537.36",
            "curl/8.5.0",
            "nmapper/1.0",
            "my_sqlmap",
            "Mozilla/5.0 (Linux; Android 4.4; IM-A910K VEGA) AppleWebKit/537.36",
        ] {
            assert_eq!(find(agent.as_bytes()), None, "{agent}");
        }
    }

    #[test]
    fn a_long_agent_is_looked_at_as_far_as_it_goes() {
        let mut agent = vec![b'a'; 1 << 20];
        assert_eq!(find(&agent), None);
        agent[..7].copy_from_slice(b"nikto/2");
        assert!(find(&agent).is_some());
    }
}
