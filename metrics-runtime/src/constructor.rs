//! What runs before `main`.

/// Declares a static and calls its `register` before `main`.
///
/// A `macro_rules` macro so that `$crate` resolves in crates of any edition; the
/// link section is one of the crate's uses of `unsafe`. What calls `register` stands
/// in the static's own block, so that it needs no item of its own around it.
///
/// A function that is `referred to` by its static runs before `main` only where
/// something that is linked refers to that static: without `#[used]`, which has the
/// compiler link it into every program. The sections are listed twice, since a macro
/// around each of them would be one more to expand for each annotated function.
#[doc(hidden)]
#[macro_export]
macro_rules! __constructor {
    ($static:ident: $type:ty = $made:expr) => {
        static $static: $type = {
            extern "C" fn register() {
                $static.register();
            }
            // SAFETY: the section holds pointers to `extern "C"` functions
            // without arguments, which is what this static is; the function
            // takes at most a lock and sets a cell, and needs nothing that is
            // set up by `main`.
            #[used]
            #[cfg_attr(
                any(
                    target_os = "linux",
                    target_os = "android",
                    target_os = "freebsd",
                    target_os = "netbsd",
                    target_os = "openbsd",
                    target_os = "dragonfly",
                    target_os = "illumos",
                    target_os = "haiku",
                    target_family = "wasm"
                ),
                unsafe(link_section = ".init_array")
            )]
            #[cfg_attr(
                target_vendor = "apple",
                unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")
            )]
            #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
            static REGISTER: extern "C" fn() = register;
            $made
        };
    };
    (referred to, static $static:ident = $function:ident) => {
        // SAFETY: as above.
        #[cfg_attr(
            any(
                target_os = "linux",
                target_os = "android",
                target_os = "freebsd",
                target_os = "netbsd",
                target_os = "openbsd",
                target_os = "dragonfly",
                target_os = "illumos",
                target_os = "haiku",
                target_family = "wasm"
            ),
            unsafe(link_section = ".init_array")
        )]
        #[cfg_attr(
            target_vendor = "apple",
            unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")
        )]
        #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
        #[expect(unsafe_code, reason = "one of the places that the design allows it in")]
        static $static: extern "C" fn() = $function;
    };
}
