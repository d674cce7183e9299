#[timed]
fn uploads() {
    look();
}
const _: () = {
    my::metrics::__health_check!(
        __CHECK & AUDIT, "upload-folder", ::core::option::Option::None,
        [::core::option::Option::None, ::core::option::Option::None], false,
        my::metrics::health::__private::Made::Blocking(||
        my::metrics::health::__private::reported(uploads()))
    );
};
