fn checkout(cart: Cart) -> Order {
    #[counted(__absorbed)]
    const _: () = ();
    pay(cart)
}
::core::compile_error! {
    "unknown option `nmae`; expected one of `crate`, `help`, `labels`, `name`, `registry`"
}
::core::compile_error! {
    "unknown option `buckets`; expected one of `crate`, `help`, `labels`, `name`, `registry`"
}
