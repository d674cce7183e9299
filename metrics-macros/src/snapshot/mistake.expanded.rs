fn checkout(cart: Cart) -> Order {
    #[counted(__absorbed)]
    const _: () = ();
    pay(cart)
}
::core::compile_error! {
    "unknown option `nmae`; did you mean `name`? expected one of `crate`, `error`, `help`, `labels`, `name`, `outcome`, `registry`, `when`"
}
::core::compile_error! {
    "`buckets` is an option of `#[timed]`, `#[track_cache]`, `#[track_model]`, `#[track_query]`, `#[track_task]`, not of `#[counted]`; expected one of `crate`, `error`, `help`, `labels`, `name`, `outcome`, `registry`, `when`"
}
