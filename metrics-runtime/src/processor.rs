//! Hints to the processor, which change nothing but how long it waits.

/// Has the start of a value fetched that is read soon: a cache line. Where the standard
/// library has no such hint, nothing happens.
#[inline]
pub(crate) fn fetch<T: ?Sized>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

        let start = std::ptr::from_ref(value).cast();
        // SAFETY: the hint reads nothing and can't fail, wherever it points; all x86-64
        // processors have it.
        #[expect(unsafe_code, reason = "the benchmark of large pages shows its worth")]
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(start);
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
