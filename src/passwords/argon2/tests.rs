use super::*;

/// A small generator with a seed, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn bytes(&mut self, len: u64) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}

/// The same tag by the crate `argon2`.
fn reference(input: &Input<'_>, out: &mut [u8]) {
    use ::argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
    let kind = match input.kind {
        Kind::Argon2d => Algorithm::Argon2d,
        Kind::Argon2i => Algorithm::Argon2i,
        Kind::Argon2id => Algorithm::Argon2id,
    };
    let version = if input.version == 16 {
        Version::V0x10
    } else {
        Version::V0x13
    };
    let mut params = ParamsBuilder::new();
    params
        .m_cost(input.memory_kib)
        .t_cost(input.passes)
        .p_cost(input.lanes)
        .data(AssociatedData::new(input.data).unwrap())
        .output_len(out.len());
    Argon2::new_with_secret(input.secret, kind, version, params.build().unwrap())
        .unwrap()
        .hash_password_into(input.password, input.salt, out)
        .unwrap();
}

/// Random inputs: every kernel of this processor gives the tag of the crate. The memory is never cleaned
/// in between, so its content cannot matter either.
fn differential(cases: usize, seed: u64) {
    let mut random = Random(seed);
    let mut memory = vec![Block([0x5bd1_e995_9e37_79b9; 128]); 4 * 1024];
    for case in 0..cases {
        let lanes = 1 + random.below(4) as u32;
        // Now and then beyond 128 blocks a segment, where argon2i makes a second block of addresses.
        let more = if random.below(64) == 0 { 2048 } else { 64 };
        let (password, salt) = (random.below(80), 8 + random.below(40));
        let (password, salt) = (random.bytes(password), random.bytes(salt));
        let (secret, data) = (random.below(3) * 16, random.below(33));
        let (secret, data) = (random.bytes(secret), random.bytes(data));
        let input = Input {
            kind: [Kind::Argon2d, Kind::Argon2i, Kind::Argon2id][random.below(3) as usize],
            version: if random.below(3) == 0 { 16 } else { 19 },
            memory_kib: 8 * lanes + random.below(more) as u32,
            passes: 1 + random.below(3) as u32,
            lanes,
            password: &password,
            salt: &salt,
            secret: &secret,
            data: &data,
        };
        let mut expected = vec![0; 4 + random.below(130) as usize];
        reference(&input, &mut expected);
        for kernel in Kernel::available() {
            let mut tag = vec![0; expected.len()];
            super::tag(kernel, &input, &mut memory, &mut tag);
            assert_eq!(tag, expected, "case {case} of seed {seed}, {kernel:?}");
        }
    }
}

#[test]
fn every_kernel_gives_what_the_crate_gives() {
    differential(1500, 1);
}

/// `cargo test --release --lib argon2 -- --ignored --nocapture`
#[test]
#[ignore = "takes a minute; the test above does a part of it"]
fn every_kernel_gives_what_the_crate_gives_100_000_times() {
    differential(100_000, 2);
    println!(
        "100000 random inputs, kernels {:?}: identical",
        Kernel::available()
    );
}

/// RFC 9106, section 5: all three kinds, with secret and associated data.
#[test]
fn every_kernel_knows_the_vectors_of_rfc_9106() {
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
    for kernel in Kernel::available() {
        for (kind, expected) in rows {
            let input = Input {
                kind,
                version: 19,
                memory_kib: 32,
                passes: 3,
                lanes: 4,
                password: &[1; 32],
                salt: &[2; 16],
                secret: &[3; 8],
                data: &[4; 12],
            };
            let mut tag = [0; 32];
            super::tag(
                kernel,
                &input,
                &mut vec![Block::default(); input.blocks()],
                &mut tag,
            );
            let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, expected, "{kind:?}, {kernel:?}");
        }
    }
}

/// One step alone, in all the ways that blocks can stand to each other.
#[test]
fn every_kernel_compresses_alike() {
    let mut random = Random(3);
    let memory: Vec<Block> = (0..4)
        .map(|_| Block(std::array::from_fn(|_| random.next())))
        .collect();
    for (previous, reference, target) in [(0, 1, 2), (0, 0, 1), (2, 0, 3), (1, 1, 2)] {
        for xor in [false, true] {
            let step = kernel::Step {
                previous,
                reference,
                target,
                xor,
            };
            let by = |kernel: Kernel| {
                let mut memory = memory.clone();
                kernel.compress(&mut memory, step);
                memory
            };
            for kernel in Kernel::available() {
                assert_eq!(by(kernel), by(Kernel::PORTABLE), "{kernel:?} {step:?}");
            }
        }
    }
}
