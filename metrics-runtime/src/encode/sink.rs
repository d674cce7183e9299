//! Where text goes.

use super::number;

/// What text is written to.
pub(crate) trait Sink {
    /// Appends `text`.
    fn text(&mut self, text: &str);
}

/// What a page is written to.
pub(super) trait PageSink: Sink {
    /// Appends a piece.
    fn piece(&mut self, piece: &Piece);

    /// Appends an integer.
    fn integer(&mut self, value: u64);
}

/// Text that stands in many lines.
#[derive(Debug)]
pub(super) struct Piece {
    /// The first bytes. Copying all of them takes no call, so that it is cheaper
    /// than copying the right number.
    front: [u8; Self::FRONT],
    /// The bytes after those.
    rest: Box<[u8]>,
    len: usize,
}

impl Piece {
    pub(super) const FRONT: usize = 32;
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        let (front, rest) = text.as_bytes().split_at(text.len().min(Self::FRONT));
        let mut piece = Self {
            front: [0; Self::FRONT],
            rest: rest.into(),
            len: text.len(),
        };
        for (to, from) in piece.front.iter_mut().zip(front) {
            *to = *from;
        }
        piece
    }
}

impl Sink for String {
    fn text(&mut self, text: &str) {
        self.push_str(text);
    }
}

impl Sink for Vec<u8> {
    #[inline]
    fn text(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }
}

impl PageSink for Vec<u8> {
    #[inline]
    fn piece(&mut self, piece: &Piece) {
        let end = self.len() + piece.len;
        self.extend_from_slice(&piece.front);
        if piece.len <= Piece::FRONT {
            self.truncate(end);
        } else {
            self.extend_from_slice(&piece.rest);
        }
    }

    #[expect(clippy::inline_always, reason = "every line of counters ends with it")]
    #[inline(always)]
    fn integer(&mut self, value: u64) {
        if let Some((digits, len)) = number::short(value) {
            // As above.
            let end = self.len() + len;
            self.extend_from_slice(&digits);
            self.truncate(end);
        } else {
            self.text(itoa::Buffer::new().format(value));
        }
    }
}

/// How long what is written would be.
#[derive(Debug, Default)]
pub(super) struct Length(pub(super) usize);

impl Sink for Length {
    fn text(&mut self, text: &str) {
        self.0 += text.len();
    }
}

impl PageSink for Length {
    fn piece(&mut self, piece: &Piece) {
        self.0 += piece.len;
    }

    fn integer(&mut self, value: u64) {
        self.text(itoa::Buffer::new().format(value));
    }
}

#[cfg(test)]
mod tests {
    use super::{Length, PageSink as _, Piece};

    #[test]
    fn pieces_of_any_length_are_written_whole() {
        let text: String = ('a'..='z').cycle().take(70).collect();
        let mut out = Vec::new();
        let mut length = Length::default();
        for len in 0..=70 {
            let piece = Piece::from(text[..len].to_owned());
            out.clear();
            out.push(b'.');
            out.piece(&piece);
            assert_eq!(out, format!(".{}", &text[..len]).into_bytes());
            length.piece(&piece);
        }
        assert_eq!(length.0, (0..=70).sum::<usize>());
    }
}
