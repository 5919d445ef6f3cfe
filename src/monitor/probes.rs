//! Paths that scanners ask every server for.
//!
//! A word may begin after any `/`, and ends with the path or with the next `/` or `;`. Sources: the files that the
//! OWASP Core Rule Set keeps from clients, what access logs of public servers hold, and the entry points of the CVEs
//! named beside them. A path counts only where the answer was an error: an application that serves one of these is
//! left alone. Paths that old links of a moved site may hold (`/wp-content/...`) are not here.

#![forbid(unsafe_code)]

use once_cell::sync::Lazy;

use super::needles::Needles;

/// Longest path that is looked at whole, in bytes.
const MOST: usize = 512;

static PROBES: &[&str] = &[
    // Secrets and sources that a deployment left behind.
    ".env",
    ".env.*",
    ".env-*",
    ".env_*",
    ".git",
    ".git-credentials",
    ".gitconfig",
    ".svn",
    ".hg",
    ".bzr",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".ssh",
    "id_rsa",
    "id_ed25519",
    ".npmrc",
    ".netrc",
    ".pgpass",
    ".bash_history",
    ".htpasswd",
    ".htaccess",
    ".ds_store",
    ".vscode/sftp.json",
    ".idea/workspace.xml",
    ".idea/webservers.xml",
    "sftp-config.json",
    "web.config",
    "aws/credentials",
    "docker-compose.yml",
    "docker-compose.yaml",
    "database.sql",
    "backup.sql",
    "dump.sql",
    "db.sql",
    "backup.zip",
    "backup.tar.gz",
    "wp-config.php*",
    "config.php.bak",
    "phpinfo.php",
    "info.php",
    "server-status",
    "server-info",
    // WordPress, Joomla, Drupal and administration in PHP.
    "wp-login.php",
    "wp-admin",
    "wp-json/wp/v2/users",
    "xmlrpc.php",
    "wlwmanifest.xml",
    "administrator/index.php",
    "phpmyadmin*",
    "mysqladmin",
    "adminer.php",
    "adminer*",
    "sqlite/main.php",
    // PHP remote code: CVE-2017-9841, CVE-2024-4577, CVE-2018-20062, CVE-2021-3129.
    "vendor/phpunit",
    "eval-stdin.php",
    "php-cgi*",
    "cgi-bin/php*",
    "index.php/index/\\think*",
    "_ignition/execute-solution",
    "_ignition/health-check",
    "shell.php",
    "c99.php",
    "r57.php",
    "alfa.php",
    "alfacgiapi",
    "wso.php",
    // Java: CVE-2022-22947, CVE-2022-22965, CVE-2019-2725, CVE-2020-14882, CVE-2017-12615.
    "actuator/env",
    "actuator/gateway",
    "actuator/heapdump",
    "jolokia",
    "manager/html",
    "host-manager/html",
    "wls-wsat",
    "_async/asyncresponseservice",
    "console/css/../*",
    "console/images/../*",
    "invoker/jmxinvokerservlet",
    "struts2-showcase",
    "solr/admin",
    "druid/index.html",
    "jenkins/script",
    "script/console",
    // Appliances and routers: CVE-2018-10561 (GPON), CVE-2023-1389 (TP-Link), CVE-2022-1388 (F5), CVE-2019-19781
    // (Citrix), CVE-2018-13379 (FortiOS), CVE-2021-41773 (Apache), CVE-2023-46805 (Ivanti), CVE-2024-3400 (PAN-OS).
    "boaform",
    "gponform",
    "hnap1",
    "cgi-bin/luci",
    "cgi-bin/../*",
    "cgi-bin/bin/sh",
    "cgi-bin/authlogin.cgi",
    "setup.cgi",
    "goform",
    "mgmt/tm",
    "tmui/login.jsp",
    "vpns",
    "remote/fgt_lang",
    "dana-na",
    "dana-cached",
    "global-protect",
    "owa/auth/logon.aspx",
    "owa/auth/x.js",
    "aspnet_client",
    "_layouts/15/toolpane.aspx",
    "sdk/webapi",
    "ui/vropspluginui",
    "geoserver/web",
    "telescope/requests",
    "debug/default/view",
    "portal/redlion",
    "evox/about",
    "nmaplowercheck*",
    "nice ports,/trinity.txt.bak",
    // Files of the operating system, by traversal.
    "etc/passwd",
    "etc/shadow",
    "etc/hosts",
    "proc/self/environ",
    "windows/win.ini",
    "winnt/win.ini",
    "boot.ini",
];

/// The list, ready to search.
pub static NEEDLES: Lazy<Needles> = Lazy::new(|| Needles::new(PROBES));

/// The place in the list of what a path asks for; a query is not looked at. Percent signs are decoded once or twice
/// and backslashes are slashes, as scanners hope that a server does it.
pub fn find(target: &[u8]) -> Option<usize> {
    let end = target.iter().position(|byte| matches!(byte, b'?' | b'#'));
    let path = &target[..end.unwrap_or(target.len()).min(MOST)];
    let mut buffer = [0; MOST];
    let text = &mut buffer[..path.len()];
    text.copy_from_slice(path);
    let len = decode(text);
    let len = decode(&mut text[..len]);
    let text = &mut text[..len];
    text.make_ascii_lowercase();
    NEEDLES.find(
        text,
        |before| before == Some(b'/'),
        |next| next == b'/' || next == b';',
    )
}

/// Decodes in place; gives how many bytes are left.
fn decode(text: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    while from < text.len() {
        let decoded = match text[from..] {
            [b'%', high, low, ..] => hex(high).zip(hex(low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        from += if decoded.is_some() { 3 } else { 1 };
        text[to] = match decoded.unwrap_or(text[from - 1]) {
            b'\\' => b'/',
            byte => byte,
        };
        to += 1;
    }
    to
}

fn hex(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_are_found_however_they_are_written() {
        for path in [
            "/.env",
            "/api/.env.production",
            "/%2eenv",
            "/%252e%2565nv",
            "//.git/config",
            "/WP-Login.php?x=1",
            "/a/..%2f..%2fetc/passwd",
            "/..\\..\\windows\\win.ini",
            "/.git;x",
            "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
        ] {
            assert!(find(path.as_bytes()).is_some(), "{path}");
        }
    }

    #[test]
    fn ordinary_paths_are_not() {
        for path in [
            "/",
            "",
            "/favicon.ico",
            "/environment",
            "/api/v1/users?next=/.env",
            "/gitignore",
            "/blog/wp-loginphp",
            "/docs/what-is-an-id_rsa-key",
            "/.well-known/security.txt",
            "/%",
            "/%2",
            "/%zz",
        ] {
            assert_eq!(find(path.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn a_long_path_is_looked_at_as_far_as_it_goes() {
        let path = [vec![b'/'; 100], vec![b'%'; 1 << 20]].concat();
        assert_eq!(find(&path), None);
    }
}
