use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::{BCRYPT, CHEAP, FAR, code, recipe, secret, verify};
use crate::code::Code;
use crate::fault::Fault;
use crate::passwords::arena::Arena;
use crate::passwords::pepper::Key;
use crate::passwords::pool::Pool;
use crate::passwords::queue::{Job, Memory, Queue, Step};
use crate::passwords::recipe::Recipe;
use crate::passwords::work::{Outcome, Work};

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
    job(
        Work::hash(recipe(memory_kib), Key::NONE, secret("x")).unwrap(),
        id,
        FAR,
    )
    .0
}

fn verify_job(id: u64) -> Job {
    job(
        Work::verify(None, CHEAP, Key::NONE, secret("x")).unwrap(),
        id,
        FAR,
    )
    .0
}

fn run(queue: &mut Queue) -> (u64, Memory) {
    match queue.next(0, 1) {
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
    assert!(matches!(queue.next(0, 1), Step::Wait));
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
        matches!(queue.next(0, 1), Step::Wait),
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
    arena.lend(32)[31].0.fill(7);
    queue.give_back(32 * 1024, Some(arena));
    let bcrypt = Work::hash(BCRYPT, Key::NONE, secret("x")).unwrap();
    queue.push(job(bcrypt, 2, FAR).0).unwrap();
    let Step::Wipe(mut arena) = queue.next(0, 1) else {
        panic!("bcrypt does not overwrite it")
    };
    arena.wipe();
    queue.give_back(arena.bytes(), Some(arena));
    assert!(matches!(queue.next(0, 1), Step::Together(jobs) if jobs.len() == 1 && jobs[0].id == 2));
    assert!(matches!(queue.next(0, 1), Step::Wait));
}

#[test]
fn what_is_late_is_handed_back() {
    let mut queue = Queue::new(100, 1 << 30);
    for (id, deadline) in [(1, 100), (2, 50), (3, 300)] {
        queue
            .push(
                job(
                    Work::verify(None, CHEAP, Key::NONE, secret("x")).unwrap(),
                    id,
                    deadline,
                )
                .0,
            )
            .unwrap();
    }
    let Step::Expire(late) = queue.next(100, 1) else {
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
    assert!(matches!(queue.next(0, 1), Step::Refuse(job) if job.id == 1));
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

fn pool(threads: usize, queue: usize, memory: usize) -> &'static Pool {
    Box::leak(Box::new(Pool::new(threads, queue, memory)))
}

#[test]
fn the_pool_runs_many_jobs_within_its_budget() {
    let pool = pool(3, 1000, 2 * 1024 * 1024);
    let outcomes: Vec<Outcomes> = (0..60)
        .map(|id| {
            let work = if id % 2 == 0 {
                Work::hash(recipe(900), Key::NONE, secret("x")).unwrap()
            } else {
                Work::verify(None, recipe(1500), Key::NONE, secret("x")).unwrap()
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
            Outcome::Raw(_) => panic!("nobody asked for bytes"),
        }
    }
    let stats = pool.stats();
    assert_eq!(stats.done, [30, 30]);
    assert!(
        stats.memory[1] > 0 && stats.memory[1] <= stats.memory[2],
        "{stats:?}"
    );
}

fn bcrypt_job(id: u64, cost: u32, verify: bool) -> Job {
    let recipe = Recipe::Bcrypt { cost, prehash: false };
    let work = if verify {
        Work::verify(None, recipe, Key::NONE, secret("x"))
    } else {
        Work::hash(recipe, Key::NONE, secret("x"))
    };
    job(work.unwrap(), id, FAR).0
}

fn together(queue: &mut Queue, hands: usize) -> Vec<u64> {
    match queue.next(0, hands) {
        Step::Together(jobs) => jobs.iter().map(|job| job.id).collect(),
        _ => panic!("there is bcrypt to run"),
    }
}

#[test]
fn bcrypt_of_one_cost_runs_together_in_turns() {
    let mut queue = Queue::new(100, 1 << 30);
    for id in 0..8 {
        queue.push(bcrypt_job(id, 4, false)).unwrap();
    }
    queue.push(bcrypt_job(20, 5, true)).unwrap();
    for id in 10..13 {
        queue.push(bcrypt_job(id, 4, true)).unwrap();
    }
    assert_eq!(together(&mut queue, 1), [20], "alone of its cost");
    assert_eq!(
        together(&mut queue, 1),
        [0, 10, 1, 11, 2, 12],
        "hash and verify take turns"
    );
    assert_eq!(together(&mut queue, 4), [3, 4], "five left for four hands");
    assert_eq!(together(&mut queue, 1), [5, 6, 7]);
    assert!(queue.is_empty());
}

#[test]
fn the_pool_runs_bcrypt_together_and_everybody_hears() {
    let pool = pool(2, 1000, 1 << 20);
    let outcomes: Vec<Outcomes> = (0..40)
        .map(|id| {
            let recipe = Recipe::Bcrypt {
                cost: 4 + (id % 2) as u32,
                prehash: false,
            };
            let (job, outcome) = job(Work::hash(recipe, Key::NONE, secret("x")).unwrap(), id, FAR);
            pool.submit(job).unwrap();
            outcome
        })
        .collect();
    for (id, outcome) in outcomes.iter().enumerate() {
        let Outcome::Hash(text) = outcome.recv_timeout(Duration::from_secs(60)).unwrap().unwrap() else {
            panic!("a hash was asked for")
        };
        assert!(
            text.starts_with(if id % 2 == 0 { "$2b$04$" } else { "$2b$05$" })
                && verify(&text, b"x") == Ok(true)
        );
    }
    assert_eq!((pool.stats().done, pool.stats().running), ([40, 0], 0));
}
