//! The PHC string of argon2, read and written.
//!
//! `$argon2id$v=19$m=19456,t=2,p=1[,keyid=B64][,data=B64]$salt$hash`
//!
//! 1. At most [`MAX_TEXT`] bytes, parameters in exactly this order, each at most once; `p` may stand
//!    before `t`, because the npm package argon2 writes it so.
//! 2. Numbers are decimal without sign or leading zero and fit their range.
//! 3. A missing `v` means version 16, as the reference implementation wrote before versions existed.
//! 4. Salt and hash are canonical base64 without padding; nothing may follow.

#![forbid(unsafe_code)]

use super::argon2::Input;
pub use super::argon2::Kind;
use super::b64::STANDARD;
use super::number;
use crate::code::Code;
use crate::fault::Fault;

/// The longest text that is looked at.
pub const MAX_TEXT: usize = 1024;

const SALT: std::ops::RangeInclusive<usize> = 8..=128;
const HASH: std::ops::RangeInclusive<usize> = 4..=128;
const KEYID: std::ops::RangeInclusive<usize> = 0..=8;
const DATA: std::ops::RangeInclusive<usize> = 0..=384;

impl Kind {
    const ALL: [Kind; 3] = [Kind::Argon2d, Kind::Argon2i, Kind::Argon2id];

    const fn name(self) -> &'static str {
        match self {
            Kind::Argon2d => "argon2d",
            Kind::Argon2i => "argon2i",
            Kind::Argon2id => "argon2id",
        }
    }
}

/// A PHC string of argon2, taken apart. The parameters are well-formed, not necessarily affordable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phc {
    pub kind: Kind,
    /// 16 or 19.
    pub version: u32,
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
    /// Names a pepper; not part of the computation.
    pub key_id: Vec<u8>,
    /// Associated data; part of the computation.
    pub data: Vec<u8>,
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
}

impl Phc {
    /// Reads a PHC string.
    ///
    /// # Errors
    /// `ERR_HAUBERK_PASSWORDS_HASH` for every malformed text.
    pub fn parse(text: &str) -> Result<Phc, Fault> {
        if text.len() > MAX_TEXT {
            return Err(unreadable("it is longer than 1024 bytes"));
        }
        let mut fields = text
            .strip_prefix('$')
            .ok_or(unreadable("it does not start with $"))?
            .split('$');
        let mut next = |what| fields.next().ok_or(unreadable(what));
        let name = next("the algorithm is missing")?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        let kind = kind.ok_or(unreadable("the algorithm is not an argon2"))?;
        let mut field = next("the parameters are missing")?;
        let mut version = 16;
        if let Some(digits) = field.strip_prefix("v=") {
            version = number(digits)
                .filter(|version| [16, 19].contains(version))
                .ok_or(unreadable("v is neither 16 nor 19"))?;
            field = next("the parameters are missing")?;
        }
        let mut phc = parameters(field, kind, version)?;
        phc.salt = bytes(next("the salt is missing")?, SALT)
            .ok_or(unreadable("the salt is not 8 to 128 bytes of base64"))?;
        phc.hash = bytes(next("the hash is missing")?, HASH)
            .ok_or(unreadable("the hash is not 4 to 128 bytes of base64"))?;
        match fields.next() {
            None => Ok(phc),
            Some(_) => Err(unreadable("there is something after the hash")),
        }
    }

    /// Writes the PHC string; [`Phc::parse`] reads the same value back.
    pub fn write(&self) -> String {
        let mut out = format!(
            "${}$v={}$m={},t={},p={}",
            self.kind.name(),
            self.version,
            self.memory_kib,
            self.passes,
            self.lanes
        );
        for (name, bytes) in [(",keyid=", &self.key_id), (",data=", &self.data)] {
            if !bytes.is_empty() {
                out.push_str(name);
                STANDARD.encode(bytes, &mut out);
            }
        }
        out.push('$');
        STANDARD.encode(&self.salt, &mut out);
        out.push('$');
        STANDARD.encode(&self.hash, &mut out);
        out
    }
}

impl Phc {
    /// Everything that goes into the tag of `password`.
    pub fn input<'a>(&'a self, secret: &'a [u8], password: &'a [u8]) -> Input<'a> {
        let Phc {
            kind,
            version,
            memory_kib,
            passes,
            lanes,
            ..
        } = *self;
        let (salt, data) = (&self.salt, &self.data);
        Input {
            kind,
            version,
            memory_kib,
            passes,
            lanes,
            password,
            salt,
            secret,
            data,
        }
    }
}

fn parameters(field: &str, kind: Kind, version: u32) -> Result<Phc, Fault> {
    let mut pairs = field.split(',').peekable();
    let mut required = |names: [&str; 2]| {
        let pair = pairs.next().and_then(|pair| pair.split_once('='));
        let known = pair.filter(|(name, _)| names.contains(name));
        known
            .and_then(|(name, digits)| Some((name, number(digits)?)))
            .ok_or(unreadable("the parameters are not m=,t=,p= with whole numbers"))
    };
    let (_, memory_kib) = required(["m", "m"])?;
    let (first, one) = required(["t", "p"])?;
    let (_, other) = required(if first == "t" { ["p", "p"] } else { ["t", "t"] })?;
    let (passes, lanes) = if first == "t" { (one, other) } else { (other, one) };
    let mut optional = |name: &str, range| match pairs.peek().and_then(|pair| pair.strip_prefix(name)) {
        None => Ok(Vec::new()),
        Some(text) => {
            pairs.next();
            bytes(text, range).ok_or(unreadable("keyid or data is not base64 of the right length"))
        }
    };
    let (key_id, data) = (optional("keyid=", KEYID)?, optional("data=", DATA)?);
    if pairs.next().is_some() {
        return Err(unreadable("there are unknown parameters"));
    }
    // RFC 9106, 3.1: at least one pass and one lane, and 8 KiB for each lane.
    let fits = passes >= 1 && (1..1 << 24).contains(&lanes) && u64::from(memory_kib) >= 8 * u64::from(lanes);
    if !fits {
        return Err(unreadable("the parameters are outside of RFC 9106"));
    }
    let (salt, hash) = (Vec::new(), Vec::new());
    Ok(Phc {
        kind,
        version,
        memory_kib,
        passes,
        lanes,
        key_id,
        data,
        salt,
        hash,
    })
}

fn bytes(text: &str, range: std::ops::RangeInclusive<usize>) -> Option<Vec<u8>> {
    STANDARD
        .decode(text.as_bytes())
        .filter(|bytes| range.contains(&bytes.len()))
}

fn unreadable(why: &'static str) -> Fault {
    Fault::new(
        Code::PasswordsHash,
        format!("the stored argon2 hash cannot be read: {why}"),
    )
}
