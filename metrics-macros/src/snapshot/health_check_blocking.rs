#[health_check(name = "upload-folder", critical = false, blocking, registry = AUDIT, crate = my::metrics)]
#[timed]
fn uploads() {
    look();
}
