//! Runs the models, each as a test.

use loom_models::{model, native};

#[test]
fn two_writers_lose_nothing_and_a_scrape_never_sees_less() {
    model::two_writers_lose_nothing_and_a_scrape_never_sees_less();
}

#[test]
fn a_histogram_is_never_torn() {
    model::a_histogram_is_never_torn();
}

#[test]
fn a_slab_is_handed_over_with_what_it_holds() {
    model::a_slab_is_handed_over_with_what_it_holds();
}

#[test]
fn writers_of_the_shared_slab_take_turns() {
    model::writers_of_the_shared_slab_take_turns();
}

#[test]
fn a_table_grows_while_it_is_read() {
    model::a_table_grows_while_it_is_read();
}

#[test]
fn a_chunk_of_the_shared_slab_is_made_once() {
    model::a_chunk_of_the_shared_slab_is_made_once();
}

#[test]
fn what_is_in_progress_is_never_negative() {
    model::what_is_in_progress_is_never_negative();
}

#[test]
fn rows_are_made_while_they_are_read() {
    model::rows_are_made_while_they_are_read();
}

#[test]
fn a_bucket_comes_up_while_it_is_read() {
    native::a_bucket_comes_up_while_it_is_read();
}

#[test]
fn two_buckets_that_race_for_a_shared_cell_get_two() {
    native::two_buckets_that_race_for_a_shared_cell_get_two();
}

#[test]
fn a_generation_follows_while_buckets_come_up() {
    native::a_generation_follows_while_buckets_come_up();
}
