//! A JSON document (RFC 8259) as a list of nodes in the order of the text. What a node says is found in the text again, so that numbers and strings
//! come out as they went in.

const std = @import("std");

/// Arrays and objects inside each other.
pub const max_depth = 512;

pub const Kind = enum { object, array, key, string, number, true, false, null };

/// `start` and `end` are positions in the text; `next` is the node after all that is inside this one. In an object a key stands before each value.
pub const Node = struct { kind: Kind, start: u32, end: u32, next: u32 };

pub const Error = error{ Syntax, OutOfMemory };

pub const Document = struct {
    text: []const u8,
    nodes: []const Node,

    pub fn source(self: Document, node: u32) []const u8 {
        return self.text[self.nodes[node].start..self.nodes[node].end];
    }

    pub fn children(self: Document, node: u32) Children {
        return .{ .document = self, .at = node + 1, .end = self.nodes[node].next };
    }

    pub fn count(self: Document, node: u32) u32 {
        var all = self.children(node);
        var number: u32 = 0;
        while (all.next() != null) number += 1;
        return number;
    }

    /// Writes a node without the white space between its parts.
    pub fn write(self: Document, node: u32, writer: anytype) !void {
        const one = self.nodes[node];
        switch (one.kind) {
            .object, .array => {
                try writer.append(if (one.kind == .object) "{" else "[");
                var all = self.children(node);
                var first = true;
                while (all.next()) |child| {
                    if (!first) try writer.append(",");
                    first = false;
                    if (child.key) |key| {
                        try writer.append(self.source(key));
                        try writer.append(":");
                    }
                    try self.write(child.value, writer);
                }
                try writer.append(if (one.kind == .object) "}" else "]");
            },
            else => try writer.append(self.source(node)),
        }
    }
};

pub const Child = struct { key: ?u32, value: u32 };

pub const Children = struct {
    document: Document,
    at: u32,
    end: u32,

    pub fn next(self: *Children) ?Child {
        if (self.at >= self.end) return null;
        const key: ?u32 = if (self.document.nodes[self.at].kind == .key) self.at else null;
        const value = if (key != null) self.at + 1 else self.at;
        self.at = self.document.nodes[value].next;
        return .{ .key = key, .value = value };
    }
};

/// Reads a document; after `error.Syntax` it says where and what.
pub const Parser = struct {
    allocator: std.mem.Allocator,
    text: []const u8,
    at: usize = 0,
    nodes: std.ArrayList(Node) = .empty,
    message: []const u8 = "",

    pub fn parse(self: *Parser) Error!Document {
        if (std.mem.startsWith(u8, self.text, "\xef\xbb\xbf")) self.at = 3;
        if (!std.unicode.utf8ValidateSlice(self.text)) return self.fail("it is not UTF-8");
        self.space();
        try self.value(0);
        self.space();
        if (self.at < self.text.len) return self.fail("something follows the document");
        return .{ .text = self.text, .nodes = self.nodes.items };
    }

    fn fail(self: *Parser, message: []const u8) Error {
        self.message = message;
        return error.Syntax;
    }

    fn peek(self: *Parser) u8 {
        return if (self.at < self.text.len) self.text[self.at] else 0;
    }

    fn space(self: *Parser) void {
        while (self.at < self.text.len) : (self.at += 1) {
            switch (self.text[self.at]) {
                ' ', '\t', '\n', '\r' => {},
                else => return,
            }
        }
    }

    fn add(self: *Parser, kind: Kind, start: usize) Error!u32 {
        const index: u32 = @intCast(self.nodes.items.len);
        const end: u32 = @intCast(self.at);
        try self.nodes.append(self.allocator, .{ .kind = kind, .start = @intCast(start), .end = end, .next = index + 1 });
        return index;
    }

    fn value(self: *Parser, depth: u32) Error!void {
        const start = self.at;
        switch (self.peek()) {
            '{' => try self.container(.object, '}', depth),
            '[' => try self.container(.array, ']', depth),
            '"' => {
                try self.string();
                _ = try self.add(.string, start);
            },
            't' => try self.word("true", .true),
            'f' => try self.word("false", .false),
            'n' => try self.word("null", .null),
            '-', '0'...'9' => {
                try self.number();
                _ = try self.add(.number, start);
            },
            else => return self.fail("a value is expected"),
        }
    }

    fn word(self: *Parser, text: []const u8, kind: Kind) Error!void {
        if (!std.mem.startsWith(u8, self.text[self.at..], text)) return self.fail("a value is expected");
        const start = self.at;
        self.at += text.len;
        _ = try self.add(kind, start);
    }

    fn container(self: *Parser, kind: Kind, close: u8, depth: u32) Error!void {
        if (depth == max_depth) return self.fail("more than 512 arrays and objects are inside each other");
        const node = try self.add(kind, self.at);
        self.at += 1;
        self.space();
        if (self.peek() != close) {
            while (true) {
                if (kind == .object) try self.key();
                try self.value(depth + 1);
                self.space();
                if (self.peek() != ',') break;
                self.at += 1;
                self.space();
            }
        }
        if (self.peek() != close) return self.fail(if (kind == .object) "a comma or } is expected" else "a comma or ] is expected");
        self.at += 1;
        self.nodes.items[node].end = @intCast(self.at);
        self.nodes.items[node].next = @intCast(self.nodes.items.len);
    }

    fn key(self: *Parser) Error!void {
        if (self.peek() != '"') return self.fail("a name in quotes is expected");
        const start = self.at;
        try self.string();
        _ = try self.add(.key, start);
        self.space();
        if (self.peek() != ':') return self.fail("a colon is expected");
        self.at += 1;
        self.space();
    }

    fn string(self: *Parser) Error!void {
        self.at += 1;
        while (self.at < self.text.len) {
            switch (self.text[self.at]) {
                '"' => {
                    self.at += 1;
                    return;
                },
                '\\' => try self.escape(),
                0...0x1f => return self.fail("a control character is in a text"),
                else => self.at += 1,
            }
        }
        return self.fail("a text has no end");
    }

    fn escape(self: *Parser) Error!void {
        self.at += 1;
        const letter = self.peek();
        self.at += 1;
        switch (letter) {
            '"', '\\', '/', 'b', 'f', 'n', 'r', 't' => {},
            'u' => {
                if (self.at + 4 > self.text.len) return self.fail("four digits are expected");
                for (self.text[self.at .. self.at + 4]) |digit| {
                    if (!std.ascii.isHex(digit)) return self.fail("four digits are expected");
                }
                self.at += 4;
            },
            else => return self.fail("no such escape"),
        }
    }

    pub fn number(self: *Parser) Error!void {
        if (self.peek() == '-') self.at += 1;
        if (self.peek() == '0') self.at += 1 else try self.digits();
        if (self.peek() == '.') {
            self.at += 1;
            try self.digits();
        }
        if (self.peek() | 0x20 == 'e') {
            self.at += 1;
            if (self.peek() == '+' or self.peek() == '-') self.at += 1;
            try self.digits();
        }
    }

    fn digits(self: *Parser) Error!void {
        if (!std.ascii.isDigit(self.peek())) return self.fail("a digit is expected");
        while (std.ascii.isDigit(self.peek())) self.at += 1;
    }
};

/// The characters of a text between quotes that is well-formed, in UTF-8. A surrogate without its other half becomes U+FFFD.
pub fn decode(allocator: std.mem.Allocator, quoted: []const u8) error{OutOfMemory}![]const u8 {
    const inner = quoted[1 .. quoted.len - 1];
    if (std.mem.indexOfScalar(u8, inner, '\\') == null) return inner;
    var out: std.ArrayList(u8) = .empty;
    var at: usize = 0;
    while (at < inner.len) {
        if (inner[at] != '\\') {
            try out.append(allocator, inner[at]);
            at += 1;
            continue;
        }
        const letter = inner[at + 1];
        at += 2;
        if (letter != 'u') {
            try out.append(allocator, unescaped(letter));
            continue;
        }
        var code: u21 = unit(inner, at) orelse 0xfffd;
        at += 4;
        if (code >= 0xd800 and code < 0xdc00 and at + 6 <= inner.len and inner[at] == '\\' and inner[at + 1] == 'u') {
            const low = unit(inner, at + 2) orelse 0;
            if (low >= 0xdc00 and low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                at += 6;
            }
        }
        if (code >= 0xd800 and code < 0xe000) code = 0xfffd;
        var bytes: [4]u8 = undefined;
        const length = std.unicode.utf8Encode(code, &bytes) catch 0;
        try out.appendSlice(allocator, bytes[0..length]);
    }
    return out.items;
}

fn unit(text: []const u8, at: usize) ?u21 {
    return std.fmt.parseInt(u16, text[at .. at + 4], 16) catch null;
}

fn unescaped(letter: u8) u8 {
    return switch (letter) {
        'b' => 8,
        'f' => 12,
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        else => letter,
    };
}
