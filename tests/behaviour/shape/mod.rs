//! Every shape of function, ending in every way.

mod body;
mod future;
mod generic;
mod receiver;
mod signature;
mod trait_method;
