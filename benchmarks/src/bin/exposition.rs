//! What writing a page costs: `exposition list|time|instr`.

use benchmarks::exposition::{Encode, Encoder, Page, Shape};
use benchmarks::processor::pin;
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: exposition list                     the encoders and the shapes
       exposition time ENCODER SHAPE       bytes, best and median in microseconds,
                                           peak bytes and allocations of an encode,
                                           live bytes of the registry
       exposition instr ENCODER SHAPE      one encode inside `cg_region`, for
                                           callgrind; prints the lines of the page
       exposition page ENCODER SHAPE       the page";

/// Encodes of a run: at least, and at most if they take longer than [`LONG`].
const LEAST: usize = 15;
const MOST: usize = 60;
const LONG: Duration = Duration::from_secs(1);

/// The system's allocator with a tally, while that is switched on.
struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

impl Counting {
    // Relaxed, everywhere: one thread encodes, and reads when it is done.
    fn grown(bytes: usize) {
        if ON.load(Ordering::Relaxed) {
            let live = LIVE.fetch_add(bytes, Ordering::Relaxed).wrapping_add(bytes);
            PEAK.fetch_max(live, Ordering::Relaxed);
            ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn shrunk(bytes: usize) {
        if ON.load(Ordering::Relaxed) {
            LIVE.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    /// What `work` leaves allocated, its peak, and how often it allocates.
    fn tally<T>(work: impl FnOnce() -> T) -> (T, Tally) {
        // Half of the range, so that freeing what is older doesn't wrap.
        let base = usize::MAX / 4;
        LIVE.store(base, Ordering::Relaxed);
        PEAK.store(base, Ordering::Relaxed);
        ALLOCATIONS.store(0, Ordering::Relaxed);
        ON.store(true, Ordering::Relaxed);
        let done = work();
        ON.store(false, Ordering::Relaxed);
        let tally = Tally {
            live: LIVE.load(Ordering::Relaxed).saturating_sub(base),
            peak: PEAK.load(Ordering::Relaxed) - base,
            allocations: ALLOCATIONS.load(Ordering::Relaxed),
        };
        (done, tally)
    }
}

struct Tally {
    live: usize,
    peak: usize,
    allocations: usize,
}

// SAFETY: every call goes to the system's allocator as it is.
#[expect(unsafe_code, reason = "an allocator can't be told otherwise")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::grown(layout.size());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::grown(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Self::shrunk(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // The old block is there until the new one is.
        Self::grown(size);
        Self::shrunk(layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (work, encoder, shape): (fn(&Encoder, Shape), _, _) = match arguments.as_slice() {
        ["list"] => {
            list();
            return ExitCode::SUCCESS;
        }
        ["time", encoder, shape] => (time, encoder, shape),
        ["instr", encoder, shape] => (instr, encoder, shape),
        ["page", encoder, shape] => (print, encoder, shape),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let encoder = benchmarks::encoders()
        .into_iter()
        .find(|known| known.name == *encoder);
    let shape = Shape::ALL.into_iter().find(|known| known.word() == *shape);
    let (Some(encoder), Some(shape)) = (encoder, shape) else {
        eprintln!("there is no such encoder or shape; `exposition list` has them");
        return ExitCode::from(2);
    };
    work(&encoder, shape);
    ExitCode::SUCCESS
}

fn list() {
    for encoder in benchmarks::encoders() {
        println!("encoder\t{}", encoder.name);
    }
    for shape in Shape::ALL {
        println!("shape\t{}", shape.word());
    }
}

/// A registry and the buffer that is used again, where it is.
struct Writer {
    encode: Encode,
    buffer: Vec<u8>,
}

impl Writer {
    fn new(encode: Encode) -> Self {
        let buffer = Vec::new();
        Self { encode, buffer }
    }

    /// Writes a page; a fresh one is returned, so that freeing it isn't part.
    fn encode(&mut self) -> Option<Page> {
        match &self.encode {
            Encode::Fresh(encode) => Some(encode()),
            Encode::Append(encode) => {
                self.buffer.clear();
                encode(&mut self.buffer);
                None
            }
        }
    }

    fn with_page<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> T {
        match self.encode() {
            Some(page) => look(page.as_ref()),
            None => look(&self.buffer),
        }
    }
}

fn time(encoder: &Encoder, shape: Shape) {
    pin();
    let (encode, built) = Counting::tally(|| (encoder.build)(shape));
    let mut writer = Writer::new(encode);
    let bytes = writer.with_page(<[u8]>::len);
    let mut samples = Vec::new();
    let start = Instant::now();
    while samples.len() < LEAST || (samples.len() < MOST && start.elapsed() < LONG) {
        let start = Instant::now();
        let page = black_box(writer.encode());
        samples.push(start.elapsed());
        drop(page);
    }
    samples.sort_unstable();
    let micros = |sample: Duration| sample.as_secs_f64() * 1e6;
    let (best, median) = (micros(samples[0]), micros(samples[samples.len() / 2]));
    let (page, last) = Counting::tally(|| writer.encode());
    drop(page);
    let (peak, allocations) = (last.peak, last.allocations);
    let (name, shape, live) = (encoder.name, shape.word(), built.live);
    println!("{name}\t{shape}\t{bytes}\t{best:.1}\t{median:.1}\t{peak}\t{allocations}\t{live}");
}

fn instr(encoder: &Encoder, shape: Shape) {
    let mut writer = Writer::new((encoder.build)(shape));
    // The first page, which isn't counted, makes what is made once.
    writer.encode();
    let page = cg_region(&mut writer);
    let page = page.as_ref().map_or(&*writer.buffer, AsRef::as_ref);
    println!("{}", page.split(|byte| *byte == b'\n').count() - 1);
}

/// Callgrind counts while this runs.
#[inline(never)]
fn cg_region(writer: &mut Writer) -> Option<Page> {
    black_box(writer.encode())
}

fn print(encoder: &Encoder, shape: Shape) {
    let mut writer = Writer::new((encoder.build)(shape));
    writer.with_page(|page| println!("{}", String::from_utf8_lossy(page)));
}
