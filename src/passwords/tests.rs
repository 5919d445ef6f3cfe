use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use proptest::prelude::*;

use super::arena::Arena;
use super::argon2::{self, Block};
use super::bcrypt::{self, Bcrypt};
use super::phc::{Kind, Phc};
use super::pool::Pool;
use super::queue::{Job, Memory, Queue, Step};
use super::recipe::Recipe;
use super::stored::Stored;
use super::work::{Outcome, Work};
use crate::code::Code;
use crate::fault::Fault;
use crate::secret::Secret;

const CHEAP: Recipe = Recipe::Argon2 {
    kind: Kind::Argon2id,
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};
const FAR: u64 = u64::MAX;

fn recipe(memory_kib: u32) -> Recipe {
    Recipe::Argon2 {
        kind: Kind::Argon2id,
        memory_kib,
        passes: 1,
        lanes: 1,
    }
}

fn secret(text: &str) -> Secret<Vec<u8>> {
    Secret::new(text.as_bytes().to_vec())
}

fn memory(stored: &Stored) -> Vec<Block> {
    vec![Block::default(); stored.blocks()]
}

fn verify(hash: &str, password: &[u8]) -> Result<bool, Fault> {
    let stored = Stored::parse(hash)?;
    stored.affordable()?;
    stored.verify(password, &mut memory(&stored))
}

fn code(result: Result<impl Sized, Fault>) -> Option<Code> {
    result.err().map(|fault| fault.code)
}

/// RFC 9106, section 5: all three kinds, with secret and associated data.
#[test]
fn knows_the_vectors_of_rfc_9106() {
    let rows = [
        (
            Kind::Argon2d,
            "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb",
        ),
        (
            Kind::Argon2i,
            "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8",
        ),
        (
            Kind::Argon2id,
            "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
        ),
    ];
    for (kind, expected) in rows {
        let mut phc = Recipe::phc(kind, 32, 3, 4, [2; 16]);
        phc.data = vec![4; 12];
        let mut tag = [0; 32];
        let mut memory = vec![Block::default(); argon2::blocks(&phc)];
        argon2::tag(&phc, &[3; 8], &[1; 32], &mut memory, &mut tag).unwrap();
        let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected, "{kind:?}");
    }
}

/// Work memory is reused between jobs of any size and kind: its content must not matter.
#[test]
fn does_not_depend_on_what_is_in_the_memory() {
    let mut dirty = vec![Block::default(); 64];
    for (at, block) in dirty.iter_mut().enumerate() {
        block.as_mut().fill(0x5bd1_e995 ^ at as u64);
    }
    for kind in [Kind::Argon2d, Kind::Argon2i, Kind::Argon2id] {
        for (version, lanes) in [(16, 1), (19, 1), (16, 3), (19, 3)] {
            let phc = Phc {
                version,
                ..Recipe::phc(kind, 40, 2, lanes, [7; 16])
            };
            let (mut fresh, mut reused) = ([0; 32], [1; 32]);
            argon2::tag(&phc, &[], b"pw", &mut vec![Block::default(); 40], &mut fresh).unwrap();
            argon2::tag(&phc, &[], b"pw", &mut dirty, &mut reused).unwrap();
            assert_eq!(fresh, reused);
        }
    }
}

#[test]
fn hashes_verify_and_differ() {
    for recipe in [CHEAP, Recipe::Bcrypt { cost: 4 }] {
        let make = || {
            let stored = Stored::fresh(recipe).unwrap();
            let mut memory = memory(&stored);
            stored.hash(b"correct horse", &mut memory).unwrap()
        };
        let (one, two) = (make(), make());
        assert_ne!(one, two, "salts are fresh");
        assert_eq!(verify(&one, b"correct horse"), Ok(true));
        assert_eq!(verify(&one, b"correct hors"), Ok(false));
        assert!(!Stored::parse(&one).unwrap().needs_rehash(recipe));
    }
}

#[test]
fn malformed_argon2_strings_are_refused() {
    let good = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assert!(Phc::parse(good).is_ok());
    let replaced = [
        ("$argon2id", "argon2id"),
        ("argon2id", "argon2x"),
        ("argon2id", "ARGON2ID"),
        ("argon2id", "argon2"),
        ("v=19", "v=018"),
        ("v=19", "v=20"),
        ("v=19", "v="),
        ("v=19", "v=19,"),
        ("v=19", "v=+19"),
        ("m=64", "m=064"),
        ("m=64", "m=-64"),
        ("m=64", "m=+64"),
        ("m=64", "m= 64"),
        ("m=64", "m=64.0"),
        ("m=64", "m=7"),
        ("m=64", "m=0"),
        ("m=64", "m="),
        ("m=64", "m"),
        ("m=64", "m=4294967296"),
        ("m=64", "m=99999999999999999999"),
        ("m=64", "m=0x40"),
        ("m=64,", ""),
        ("m=64,", "m=64,m=64,"),
        ("t=2", "t=0"),
        ("t=2", "t=-1"),
        ("t=2,", ""),
        ("p=1", "p=0"),
        ("p=1", "p=9"),
        ("p=1", "p=16777216"),
        ("p=1", "t=2"),
        ("t=2", "p=2"),
        ("m=64,t=2", "t=2,m=64"),
        ("p=1", "p=1,"),
        ("p=1", "p=1,x=1"),
        ("p=1", "p=1,keyid====="),
        ("p=1", "p=1,data=A"),
        ("p=1", "p=1,data=AA,keyid=AA"),
        ("$c29tZXNhbHQ", ""),
        ("c29tZXNhbHQ", ""),
        ("c29tZXNhbHQ", "c29tZXNhbA"),
        ("c29tZXNhbHQ", "c29tZXNhbHR"),
        ("c29tZXNhbHQ", "c29tZXNhbHQ="),
        ("c29tZXNhbHQ", "c29tZXNh HQ"),
        ("c29tZXNhbHQ", "c29tZXNhbHQ\0"),
        ("Gi/4", "Gi_4"),
        ("Gi/4", "Gi/4="),
        ("Gi/4", "Gi/4$"),
        ("Gi/4", "Gi/4\n"),
        ("Gi/4", "Gi/4 "),
    ];
    for (from, to) in replaced {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert_eq!(code(Phc::parse(&bad)), Some(Code::PasswordsHash), "{bad}");
    }
    for bad in [
        "",
        "$",
        "$argon2id",
        "$argon2id$",
        "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$",
        &"$".repeat(2000),
    ] {
        assert_eq!(code(Phc::parse(bad)), Some(Code::PasswordsHash), "{bad}");
    }
}

#[test]
fn malformed_bcrypt_strings_are_refused() {
    let good = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS";
    assert!(Bcrypt::parse(good).is_ok());
    for (from, to) in [
        ("$2b", "$2c"),
        ("$2b", "$2$"),
        ("$2b", "$3b"),
        ("$05", "$03"),
        ("$05", "$32"),
        ("$05", "$5$"),
        ("$05", "$+5"),
        ("$05", "$ 5"),
        ("05$", "05."),
        ("pfxS", "pfx"),
        ("pfxS", "pfxSS"),
        ("pfxS", "pfx="),
        ("pfxS", "pfxT"),
        ("C.V", "C/V"),
        ("C.V", "C\u{e9}"),
        ("pfxS", "pfx\n"),
        ("pfxS", "pfx\0"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert_eq!(code(Bcrypt::parse(&bad)), Some(Code::PasswordsHash), "{bad}");
    }
    assert_eq!(
        code(Stored::parse("$5$rounds=5000$x$y")),
        Some(Code::PasswordsHash)
    );
}

/// crypt_blowfish's own vectors for the sign-extension bug; `$2b$` of the same bytes is another hash.
#[test]
fn computes_2x_as_it_was_written() {
    let rows: [(&[u8], &str); 4] = [
        (
            b"\xa3",
            "$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e",
        ),
        (
            b"\xff\xff\xa3",
            "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e",
        ),
        (
            b"\xa3",
            "$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq",
        ),
        (
            b"\xa3",
            "$2b$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq",
        ),
    ];
    for (password, hash) in rows {
        assert_eq!(verify(hash, password), Ok(true), "{hash}");
    }
    assert_eq!(verify(&rows[0].1.replace("2x", "2b"), b"\xa3"), Ok(false));
    assert_eq!(verify(rows[0].1, b"\xa4"), Ok(false));
}

#[test]
fn bcrypt_hashes_all_of_a_password_or_none() {
    let stored = || Stored::fresh(Recipe::Bcrypt { cost: 4 }).unwrap();
    let long = [b'a'; 73];
    let hash = stored().hash(&long[..72], &mut []).unwrap();
    assert_eq!(verify(&hash, &long), Ok(true), "as every reader of 72 bytes does");
    assert_eq!(verify(&hash, &long[..71]), Ok(false));
    for bad in [&long[..], b"a\0b", b"\0"] {
        assert_eq!(code(stored().hash(bad, &mut [])), Some(Code::PasswordsPassword));
    }
}

#[test]
fn a_nul_makes_no_twin() {
    let hash = Stored::fresh(Recipe::Bcrypt { cost: 4 })
        .unwrap()
        .hash(b"ab", &mut [])
        .unwrap();
    assert_eq!(verify(&hash, b"ab"), Ok(true));
    for twin in [&b"ab\0"[..], b"ab\0ab", b"ab\0ab\0ab", b"ab\0cd"] {
        assert_eq!(verify(&hash, twin), Ok(false), "{twin:?}");
    }
    assert!(bcrypt::twin(b"ab\0ab"));
    assert!(!bcrypt::twin(b"ab\0cd"));
    assert!(!bcrypt::twin(b"ab"));
}

#[test]
fn a_stored_hash_beyond_the_caps_is_not_computed() {
    let argon2 = |m: u32, t: u32, p: u32| {
        format!("$argon2id$v=19$m={m},t={t},p={p}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
    };
    for (m, t, p) in [
        (1 << 20, 2, 1),
        (262_145, 1, 1),
        (u32::MAX, 1, 1),
        (64, 17, 1),
        (64, u32::MAX, 1),
        (4096, 1, 17),
    ] {
        let work = Work::verify(Some(&argon2(m, t, p)), Recipe::DEFAULT, secret("x"));
        assert_eq!(code(work), Some(Code::PasswordsTooCostly), "{m},{t},{p}");
    }
    assert!(Work::verify(Some(&argon2(262_144, 16, 16)), Recipe::DEFAULT, secret("x")).is_ok());
    let bcrypt = "$2b$17$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS";
    assert_eq!(
        code(Work::verify(Some(bcrypt), Recipe::DEFAULT, secret("x"))),
        Some(Code::PasswordsTooCostly)
    );
}

#[test]
fn needs_rehash_compares_every_field() {
    let base = Recipe::phc(Kind::Argon2id, 64, 2, 1, [1; 16]);
    let recipe = Recipe::Argon2 {
        kind: Kind::Argon2id,
        memory_kib: 64,
        passes: 2,
        lanes: 1,
    };
    assert!(!Stored::Argon2(base.clone()).needs_rehash(recipe));
    let changed = [
        Phc {
            kind: Kind::Argon2i,
            ..base.clone()
        },
        Phc {
            version: 16,
            ..base.clone()
        },
        Phc {
            memory_kib: 65,
            ..base.clone()
        },
        Phc {
            memory_kib: 63,
            ..base.clone()
        },
        Phc {
            passes: 3,
            ..base.clone()
        },
        Phc {
            lanes: 2,
            ..base.clone()
        },
        Phc {
            salt: vec![1; 15],
            ..base.clone()
        },
        Phc {
            hash: vec![1; 31],
            ..base.clone()
        },
        Phc {
            hash: vec![1; 33],
            ..base.clone()
        },
        Phc {
            key_id: vec![1],
            ..base.clone()
        },
        Phc {
            data: vec![1],
            ..base.clone()
        },
    ];
    for phc in changed {
        assert!(
            Stored::Argon2(phc.clone()).needs_rehash(recipe),
            "{}",
            phc.write()
        );
    }
    let bcrypt = Stored::parse("$2b$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS").unwrap();
    assert!(!bcrypt.needs_rehash(Recipe::Bcrypt { cost: 5 }));
    assert!(bcrypt.needs_rehash(Recipe::Bcrypt { cost: 6 }));
    assert!(bcrypt.needs_rehash(recipe));
    let old = Stored::parse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS").unwrap();
    assert!(old.needs_rehash(Recipe::Bcrypt { cost: 5 }));
}

fn any_phc() -> impl Strategy<Value = Phc> {
    let kind = prop_oneof![Just(Kind::Argon2d), Just(Kind::Argon2i), Just(Kind::Argon2id)];
    let bytes = |range| proptest::collection::vec(any::<u8>(), range);
    let costs = (1u32.., 1u32..1 << 24, 0u32..1000);
    (
        kind,
        any::<bool>(),
        costs,
        bytes(0..9),
        bytes(0..33),
        bytes(8..129),
        bytes(4..129),
    )
        .prop_map(
            |(kind, new, (passes, lanes, more), key_id, data, salt, hash)| Phc {
                kind,
                version: if new { 19 } else { 16 },
                memory_kib: 8 * lanes + more,
                passes,
                lanes,
                key_id,
                data,
                salt,
                hash,
            },
        )
}

proptest! {
    #[test]
    fn a_phc_string_reads_back(phc in any_phc()) {
        prop_assert_eq!(Phc::parse(&phc.write()), Ok(phc));
    }

    #[test]
    fn no_text_panics(text: String, tail in "[$=,a-zA-Z0-9+/.]{0,80}") {
        for text in [text.clone(), format!("$argon2id${tail}"), format!("$2b$10${tail}"), format!("$argon2i$v=19$m=64,t=1,p=1{tail}")] {
            if let Ok(stored) = Stored::parse(&text) {
                let again = match &stored { Stored::Argon2(phc) => phc.write(), Stored::Bcrypt(hash) => hash.write() };
                prop_assert_eq!(Stored::parse(&again), Ok(stored));
            }
        }
    }

    #[test]
    fn one_changed_byte_is_refused_or_another_hash(at in 0usize..79, byte in 0x20u8..0x7f) {
        let good = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let mut bytes = good.as_bytes().to_vec();
        let changed = std::mem::replace(&mut bytes[at], byte) != byte;
        let text = String::from_utf8(bytes).unwrap();
        if changed {
            prop_assert_ne!(Phc::parse(&text).ok(), Phc::parse(good).ok());
        }
    }
}

// The queue, without threads.

type Outcomes = Receiver<Result<Outcome, Fault>>;

fn job(work: Work, id: u64, deadline: u64) -> (Job, Outcomes) {
    let (send, outcomes) = channel();
    let done = Box::new(move |outcome| _ = send.send(outcome));
    (
        Job {
            owner: 1,
            id,
            deadline,
            work,
            done,
        },
        outcomes,
    )
}

fn hash_job(id: u64, memory_kib: u32) -> Job {
    job(Work::hash(recipe(memory_kib), secret("x")).unwrap(), id, FAR).0
}

fn verify_job(id: u64) -> Job {
    job(Work::verify(None, CHEAP, secret("x")).unwrap(), id, FAR).0
}

fn run(queue: &mut Queue) -> (u64, Memory) {
    match queue.next(0) {
        Step::Run(job, memory) => (job.id, memory),
        _ => panic!("there is something to run"),
    }
}

#[test]
fn hash_and_verify_take_turns() {
    let mut queue = Queue::new(100, 1 << 30);
    for id in 0..4 {
        queue.push(hash_job(id, 8)).unwrap();
    }
    for id in 10..12 {
        queue.push(verify_job(id)).unwrap();
    }
    let order: Vec<u64> = (0..6).map(|_| run(&mut queue).0).collect();
    assert_eq!(order, [10, 0, 11, 1, 2, 3]);
    assert!(matches!(queue.next(0), Step::Wait));
}

#[test]
fn a_full_queue_says_busy() {
    let mut queue = Queue::new(2, 1 << 30);
    queue.push(hash_job(1, 8)).unwrap();
    queue.push(verify_job(2)).unwrap();
    assert_eq!(code(queue.push(verify_job(3))), Some(Code::PasswordsBusy));
    run(&mut queue);
    queue.push(verify_job(3)).unwrap();
}

#[test]
fn memory_stays_within_the_budget_and_nobody_is_overtaken() {
    let mut queue = Queue::new(100, 64 * 1024);
    for (id, kib) in [(1, 48), (2, 32), (3, 8)] {
        queue.push(hash_job(id, kib)).unwrap();
    }
    let (id, memory) = run(&mut queue);
    assert!(matches!(memory, Memory::Reserved(bytes) if id == 1 && bytes == 48 * 1024));
    assert!(
        matches!(queue.next(0), Step::Wait),
        "32 KiB do not fit, and 8 KiB do not overtake"
    );
    queue.give_back(48 * 1024, Arena::new(48));
    let (id, memory) = run(&mut queue);
    assert!(
        id == 2 && matches!(memory, Memory::Ready(_)),
        "the idle arena is large enough"
    );
    assert_eq!(queue.memory(), [48 * 1024, 48 * 1024, 64 * 1024]);
    assert_eq!(code(queue.push(hash_job(4, 68))), Some(Code::PasswordsTooCostly));
}

#[test]
fn idle_memory_is_given_up_for_work_that_needs_the_room() {
    let mut queue = Queue::new(100, 64 * 1024);
    queue.push(hash_job(1, 32)).unwrap();
    run(&mut queue);
    queue.give_back(32 * 1024, Arena::new(32));
    queue.push(hash_job(2, 64)).unwrap();
    assert!(matches!(run(&mut queue), (2, Memory::Reserved(_))));
    assert_eq!(queue.memory(), [64 * 1024, 64 * 1024, 64 * 1024]);
}

#[test]
fn used_memory_is_wiped_when_no_work_overwrites_it() {
    let mut queue = Queue::new(100, 64 * 1024);
    queue.push(hash_job(1, 32)).unwrap();
    run(&mut queue);
    let mut arena = Arena::new(32).unwrap();
    arena.lend(32)[31].as_mut().fill(7);
    queue.give_back(32 * 1024, Some(arena));
    let bcrypt = Work::hash(Recipe::Bcrypt { cost: 4 }, secret("x")).unwrap();
    queue.push(job(bcrypt, 2, FAR).0).unwrap();
    let Step::Wipe(mut arena) = queue.next(0) else {
        panic!("bcrypt does not overwrite it")
    };
    arena.wipe();
    queue.give_back(arena.bytes(), Some(arena));
    assert!(matches!(run(&mut queue), (2, Memory::None)));
    assert!(matches!(queue.next(0), Step::Wait));
}

#[test]
fn what_is_late_is_handed_back() {
    let mut queue = Queue::new(100, 1 << 30);
    for (id, deadline) in [(1, 100), (2, 50), (3, 300)] {
        queue
            .push(job(Work::verify(None, CHEAP, secret("x")).unwrap(), id, deadline).0)
            .unwrap();
    }
    let Step::Expire(late) = queue.next(100) else {
        panic!("two are late")
    };
    assert_eq!(late.iter().map(|job| job.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(run(&mut queue).0, 3);
}

#[test]
fn a_smaller_budget_refuses_what_waits_for_more() {
    let mut queue = Queue::new(100, 64 * 1024);
    queue.push(hash_job(1, 64)).unwrap();
    queue.resize(100, 32 * 1024);
    assert!(matches!(queue.next(0), Step::Refuse(job) if job.id == 1));
}

#[test]
fn an_environment_that_ends_leaves_nothing_behind() {
    let mut queue = Queue::new(100, 1 << 30);
    queue
        .push(Job {
            owner: 2,
            ..verify_job(1)
        })
        .unwrap();
    queue.push(hash_job(1, 8)).unwrap();
    queue.push(verify_job(2)).unwrap();
    assert_eq!(queue.forget(1).len(), 2);
    assert!(queue.abort(1, 1).is_none());
    assert_eq!(queue.abort(2, 1).map(|job| job.owner), Some(2));
    assert!(queue.is_empty());
}

// The pool, with threads.

fn pool(threads: usize, queue: usize, memory: usize) -> &'static Pool {
    Box::leak(Box::new(Pool::new(threads, queue, memory)))
}

#[test]
fn the_pool_runs_many_jobs_within_its_budget() {
    let pool = pool(3, 1000, 2 * 1024 * 1024);
    let outcomes: Vec<Outcomes> = (0..60)
        .map(|id| {
            let work = if id % 2 == 0 {
                Work::hash(recipe(900), secret("x")).unwrap()
            } else {
                Work::verify(None, recipe(1500), secret("x")).unwrap()
            };
            let (job, outcome) = job(work, id, FAR);
            pool.submit(job).unwrap();
            outcome
        })
        .collect();
    for (id, outcome) in outcomes.iter().enumerate() {
        match outcome.recv_timeout(Duration::from_secs(60)).unwrap().unwrap() {
            Outcome::Hash(text) => assert!(id % 2 == 0 && verify(&text, b"x") == Ok(true)),
            Outcome::Verdict(fits) => assert!(id % 2 == 1 && !fits),
        }
    }
    let stats = pool.stats();
    assert_eq!(stats.done, [30, 30]);
    assert!(
        stats.memory[1] > 0 && stats.memory[1] <= stats.memory[2],
        "{stats:?}"
    );
}

#[test]
fn a_decoy_fits_no_password_at_all() {
    let work = Work::verify(None, CHEAP, secret("x")).unwrap();
    let stored = Stored::decoy(CHEAP);
    let Stored::Argon2(mut phc) = stored else {
        panic!("argon2")
    };
    argon2::tag(&phc.clone(), &[], b"x", &mut [Block::default(); 8], &mut phc.hash).unwrap();
    assert_eq!(
        verify(&phc.write(), b"x"),
        Ok(true),
        "even the password that the decoy's salt gives"
    );
    assert_eq!(work.run(&mut [Block::default(); 8]), Ok(Outcome::Verdict(false)));
}
