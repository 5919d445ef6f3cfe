//! The way through a password that takes the fewest guesses: its pieces one behind the other, what none covers guessed
//! character by character. An attacker does not know how many pieces there are nor their order, so n pieces take n! times
//! the product of their prices, and 10000^(n - 1) besides for all ways with fewer.

#![forbid(unsafe_code)]

use super::Context;
use super::find::{Kind, Piece};
use super::price::price;

const PER_PIECE: u64 = 10_000;

/// A way, from the first character to the last.
pub struct Way {
    pub guesses: u64,
    pub pieces: Vec<Piece>,
}

/// The best way to the end of a piece with a certain number of pieces.
struct Best {
    count: usize,
    piece: Piece,
    /// The product of the prices.
    product: u64,
    guesses: u64,
}

/// `pieces` are ordered by where they begin; the password is not empty.
pub fn way(password: &[char], pieces: Vec<Piece>, context: &Context) -> Way {
    let mut ways = Ways {
        password,
        year: context.year,
        best: Vec::new(),
    };
    let mut by_end: Vec<Vec<Piece>> = vec![Vec::new(); password.len()];
    for piece in pieces {
        by_end[piece.end].push(piece);
    }
    for (end, pieces) in by_end.into_iter().enumerate() {
        ways.best.push(Vec::new());
        for piece in pieces {
            ways.extend(piece);
        }
        for start in 0..=end {
            ways.extend(Piece {
                start,
                end,
                kind: Kind::Unknown,
            });
        }
    }
    ways.chosen()
}

struct Ways<'a> {
    password: &'a [char],
    year: i32,
    /// For each character, the best ways that end there, by the number of their pieces.
    best: Vec<Vec<Best>>,
}

impl Ways<'_> {
    /// Tries `piece` behind each way that ends where it begins.
    fn extend(&mut self, piece: Piece) {
        let price = price(&piece, self.password, self.year);
        let Some(before) = piece.start.checked_sub(1) else {
            return self.offer(piece, 1, price);
        };
        for at in 0..self.best[before].len() {
            let last = &self.best[before][at];
            // Two unknown parts side by side are one.
            if piece.kind == Kind::Unknown && last.piece.kind == Kind::Unknown {
                continue;
            }
            let (count, product) = (last.count + 1, last.product.saturating_mul(price));
            self.offer(piece.clone(), count, product);
        }
    }

    /// Keeps a way where none with as many pieces or fewer takes as few guesses.
    fn offer(&mut self, piece: Piece, count: usize, product: u64) {
        let more = count as u32 - 1;
        let orders = (1..=count as u64).fold(1, u64::saturating_mul);
        let guesses = orders
            .saturating_mul(product)
            .saturating_add(PER_PIECE.saturating_pow(more));
        let best = &mut self.best[piece.end];
        if best
            .iter()
            .any(|other| other.count <= count && other.guesses <= guesses)
        {
            return;
        }
        let new = Best {
            count,
            piece,
            product,
            guesses,
        };
        match best.binary_search_by_key(&count, |other| other.count) {
            Ok(at) => best[at] = new,
            Err(at) => best.insert(at, new),
        }
    }

    fn chosen(mut self) -> Way {
        let last = self.best.last().map(Vec::as_slice).unwrap_or_default();
        // The first of equal ones: the one with the fewest pieces.
        let Some(best) = last.iter().min_by_key(|way| way.guesses) else {
            return Way {
                guesses: 0,
                pieces: Vec::new(),
            };
        };
        let guesses = best.guesses;
        let mut count = best.count;
        let mut pieces = Vec::new();
        while let Some(ways) = self.best.pop() {
            let Some(at) = ways.iter().position(|way| way.count == count) else {
                break;
            };
            let Some(step) = ways.into_iter().nth(at) else {
                break;
            };
            self.best.truncate(step.piece.start);
            count -= 1;
            pieces.push(step.piece);
        }
        pieces.reverse();
        Way { guesses, pieces }
    }
}
