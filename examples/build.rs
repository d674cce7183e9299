//! Has the shop built anew when a migration is added, which the compiler doesn't see.

fn main() {
    println!("cargo:rerun-if-changed=shop/migrations");
}
