// traits.rs - Rust calls of many shapes: impls with one method name, generics, closures, a HashMap.
use std::collections::HashMap;
use std::fmt::Debug;

trait Source {
    fn produce(&self, n: usize) -> Vec<u8>;
}

struct Disk {
    block: usize,
}

struct Net {
    packet: usize,
}

impl Source for Disk {
    #[inline(never)]
    fn produce(&self, n: usize) -> Vec<u8> {
        vec![1u8; n + self.block]
    }
}

impl Source for Net {
    #[inline(never)]
    fn produce(&self, n: usize) -> Vec<u8> {
        let mut v = Vec::with_capacity(n + self.packet);
        v.resize(n, 2);
        v
    }
}

#[inline(never)]
fn drain<S: Source>(s: &S, n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| s.produce(700 + i)).collect()
}

#[inline(never)]
fn describe<T: Debug>(t: &T) -> String {
    format!("what is described: {:?}", t)
}

fn tree(depth: usize) -> Option<Box<(usize, [u64; 12])>> {
    if depth == 0 {
        return None;
    }
    let below = tree(depth - 1);
    std::mem::forget(below);
    Some(Box::new((depth, [7; 12])))
}

mod cache {
    use super::HashMap;

    pub struct Table<V> {
        rows: HashMap<String, V>,
    }

    impl<V: Clone> Table<V> {
        pub fn new() -> Self {
            Table { rows: HashMap::new() }
        }

        #[inline(never)]
        pub fn fill(&mut self, n: usize, v: V) {
            for i in 0..n {
                self.rows.insert(format!("row number {} of the table", i), v.clone());
            }
        }

        pub fn len(&self) -> usize {
            self.rows.len()
        }
    }
}

fn main() {
    let a = drain(&Disk { block: 512 }, 200);
    let b = drain(&Net { packet: 64 }, 300);
    let mut t = cache::Table::new();
    t.fill(1500, vec![0u8; 90]);
    let mut u = cache::Table::new();
    u.fill(500, Box::new([1u64; 20]));
    let texts: Vec<String> = (0..200).map(|i| describe(&(i, "pair"))).collect();
    let more: Vec<String> = (0..200).map(|i| describe(&vec![i; 3])).collect();
    let trees: Vec<_> = (0..50).map(|i| tree(i % 9 + 1)).collect();
    let threads: Vec<_> = (0..2)
        .map(|k| std::thread::spawn(move || (0..100).map(|i| vec![i as u16 + k; 2500]).collect::<Vec<_>>()))
        .collect();
    let made: Vec<_> = threads.into_iter().map(|h| h.join().unwrap()).collect();
    if t.len() + u.len() == 0 {
        return;
    }
    std::mem::forget((a, b, t, u, texts, more, trees, made));
}
