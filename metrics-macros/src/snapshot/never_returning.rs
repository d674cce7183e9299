#[timed]
fn serve() -> ! {
    loop {
        accept();
    }
}
