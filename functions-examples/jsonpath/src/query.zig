//! A query: RFC 9535 without function extensions.

const std = @import("std");
const document = @import("document.zig");

/// Parentheses, negations and queries of filters inside each other.
pub const max_depth = 32;

/// Segments of a query.
pub const max_segments = 256;

/// Whole numbers that every JSON reader has exactly.
const max_integer = (1 << 53) - 1;

pub const Slice = struct { start: ?i64, end: ?i64, step: i64 };

pub const Selector = union(enum) { name: []const u8, wildcard, index: i64, slice: Slice, filter: *const Logical };

pub const Segment = struct { descendant: bool, selectors: []const Selector };

/// `absolute` begins at the root ($), else at the current node (@).
pub const Path = struct {
    absolute: bool,
    segments: []const Segment,

    /// Whether it can select one node at most.
    pub fn isSingular(self: Path) bool {
        for (self.segments) |segment| {
            if (segment.descendant or segment.selectors.len != 1) return false;
            switch (segment.selectors[0]) {
                .name, .index => {},
                else => return false,
            }
        }
        return true;
    }
};

pub const Literal = union(enum) { string: []const u8, number: []const u8, true, false, null };

pub const Comparable = union(enum) { literal: Literal, path: Path };

pub const Operator = enum { equal, unequal, less, less_equal, greater, greater_equal };

pub const Logical = union(enum) {
    either: [2]*const Logical,
    both: [2]*const Logical,
    not: *const Logical,
    exists: Path,
    compare: struct { left: Comparable, operator: Operator, right: Comparable },
};

pub const Error = error{ Syntax, OutOfMemory };

/// Reads a query; after `error.Syntax` it says where and what.
pub const Parser = struct {
    allocator: std.mem.Allocator,
    text: []const u8,
    at: usize = 0,
    depth: u32 = 0,
    message: []const u8 = "",

    pub fn parse(self: *Parser) Error!Path {
        if (!std.unicode.utf8ValidateSlice(self.text)) return self.fail("it is not UTF-8");
        if (self.peek() != '$') return self.fail("a query begins with $");
        const path = try self.query();
        if (self.at < self.text.len) return self.fail("a segment is expected: .name, ..name or [ ]");
        return path;
    }

    fn fail(self: *Parser, message: []const u8) Error {
        self.message = message;
        return error.Syntax;
    }

    fn peek(self: *Parser) u8 {
        return if (self.at < self.text.len) self.text[self.at] else 0;
    }

    fn next(self: *Parser) u8 {
        return if (self.at + 1 < self.text.len) self.text[self.at + 1] else 0;
    }

    fn take(self: *Parser, text: []const u8) bool {
        if (!std.mem.startsWith(u8, self.text[self.at..], text)) return false;
        self.at += text.len;
        return true;
    }

    fn space(self: *Parser) void {
        while (std.mem.indexOfScalar(u8, " \t\n\r", self.peek()) != null) self.at += 1;
    }

    /// From $ or @ on. White space that no segment follows is left.
    fn query(self: *Parser) Error!Path {
        const absolute = self.peek() == '$';
        self.at += 1;
        var segments: std.ArrayList(Segment) = .empty;
        while (true) {
            const before = self.at;
            self.space();
            if (self.peek() != '.' and self.peek() != '[') {
                self.at = before;
                return .{ .absolute = absolute, .segments = segments.items };
            }
            if (segments.items.len == max_segments) return self.fail("more than 256 segments");
            try segments.append(self.allocator, try self.segment());
        }
    }

    fn segment(self: *Parser) Error!Segment {
        if (self.peek() == '[') return .{ .descendant = false, .selectors = try self.bracketed() };
        self.at += 1;
        const descendant = self.peek() == '.';
        if (descendant) self.at += 1;
        if (descendant and self.peek() == '[') return .{ .descendant = true, .selectors = try self.bracketed() };
        const only: Selector = if (self.take("*")) .wildcard else .{ .name = try self.shorthand() };
        return .{ .descendant = descendant, .selectors = try self.allocator.dupe(Selector, &.{only}) };
    }

    fn shorthand(self: *Parser) Error![]const u8 {
        const start = self.at;
        while (isNameByte(self.peek()) and (self.at > start or !std.ascii.isDigit(self.peek()))) self.at += 1;
        if (self.at == start) return self.fail("a name or * is expected; other names stand in ['…']");
        return self.text[start..self.at];
    }

    fn isNameByte(byte: u8) bool {
        return std.ascii.isAlphanumeric(byte) or byte == '_' or byte >= 0x80;
    }

    fn bracketed(self: *Parser) Error![]const Selector {
        self.at += 1;
        var selectors: std.ArrayList(Selector) = .empty;
        while (true) {
            self.space();
            try selectors.append(self.allocator, try self.selector());
            self.space();
            if (self.take("]")) return selectors.items;
            if (!self.take(",")) return self.fail("a comma or ] is expected");
        }
    }

    fn selector(self: *Parser) Error!Selector {
        switch (self.peek()) {
            '\'', '"' => return .{ .name = try self.string() },
            '*' => {
                self.at += 1;
                return .wildcard;
            },
            '?' => {
                self.at += 1;
                self.space();
                return .{ .filter = try self.logical() };
            },
            '-', '0'...'9', ':' => return self.indexOrSlice(),
            else => return self.fail("a selector is expected: 'name', *, a number, a slice or ?filter"),
        }
    }

    fn indexOrSlice(self: *Parser) Error!Selector {
        const start = if (self.peek() == ':') null else try self.integer();
        const before = self.at;
        self.space();
        if (!self.take(":")) {
            self.at = before;
            return .{ .index = start orelse 0 };
        }
        self.space();
        const end = try self.optionalInteger();
        const after = self.at;
        self.space();
        if (!self.take(":")) {
            self.at = after;
            return .{ .slice = .{ .start = start, .end = end, .step = 1 } };
        }
        self.space();
        return .{ .slice = .{ .start = start, .end = end, .step = try self.optionalInteger() orelse 1 } };
    }

    fn optionalInteger(self: *Parser) Error!?i64 {
        return switch (self.peek()) {
            '-', '0'...'9' => try self.integer(),
            else => null,
        };
    }

    fn integer(self: *Parser) Error!i64 {
        const start = self.at;
        if (self.peek() == '-') self.at += 1;
        const digits = self.at;
        while (std.ascii.isDigit(self.peek())) self.at += 1;
        const zeros = self.text[digits..self.at];
        if (zeros.len == 0 or (zeros[0] == '0' and self.at - start > 1)) {
            self.at = start;
            return self.fail("a whole number without leading zeros is expected");
        }
        const value = std.fmt.parseInt(i64, self.text[start..self.at], 10) catch max_integer + 1;
        if (value > max_integer or value < -max_integer) {
            self.at = start;
            return self.fail("the number is too large");
        }
        return value;
    }

    /// Between ' or ". The escapes are those of JSON, and \' in place of \" where ' ends it.
    fn string(self: *Parser) Error![]const u8 {
        const quote = self.peek();
        self.at += 1;
        var json: std.ArrayList(u8) = .empty;
        try json.append(self.allocator, '"');
        while (true) : (self.at += 1) {
            if (self.at >= self.text.len) return self.fail("a text has no end");
            const byte = self.text[self.at];
            if (byte == quote) break;
            if (byte < 0x20) return self.fail("a control character is in a text");
            try json.append(self.allocator, byte);
            if (byte == '\\') {
                self.at += 1;
                try self.escape(quote);
                try json.append(self.allocator, self.text[self.at]);
            }
        }
        self.at += 1;
        try json.append(self.allocator, '"');
        return document.decode(self.allocator, json.items);
    }

    fn escape(self: *Parser, quote: u8) Error!void {
        const letter = self.peek();
        if (letter == quote) return;
        switch (letter) {
            '\\', '/', 'b', 'f', 'n', 'r', 't' => {},
            'u' => try self.surrogates(),
            else => return self.fail("no such escape"),
        }
    }

    /// A surrogate stands only before or after its other half.
    fn surrogates(self: *Parser) Error!void {
        const code = try self.unit(self.at + 1);
        if (code < 0xd800 or code >= 0xe000) return;
        if (code >= 0xdc00) {
            const follows = self.at >= 7 and self.text[self.at - 7] == '\\' and self.text[self.at - 6] == 'u';
            const before = if (follows) try self.unit(self.at - 5) else 0;
            if (before < 0xd800 or before >= 0xdc00) return self.fail("half of a surrogate pair");
            return;
        }
        const paired = self.at + 11 <= self.text.len and std.mem.eql(u8, self.text[self.at + 5 .. self.at + 7], "\\u");
        const low = if (paired) try self.unit(self.at + 7) else 0;
        if (low < 0xdc00 or low >= 0xe000) return self.fail("half of a surrogate pair");
    }

    fn unit(self: *Parser, at: usize) Error!u16 {
        if (at + 4 > self.text.len) return self.fail("four digits are expected");
        for (self.text[at .. at + 4]) |digit| {
            if (!std.ascii.isHex(digit)) return self.fail("four digits are expected");
        }
        return std.fmt.parseInt(u16, self.text[at .. at + 4], 16) catch self.fail("four digits are expected");
    }

    fn made(self: *Parser, logical_: Logical) Error!*const Logical {
        const one = try self.allocator.create(Logical);
        one.* = logical_;
        return one;
    }

    fn logical(self: *Parser) Error!*const Logical {
        if (self.depth == max_depth) return self.fail("more than 32 filters and parentheses are inside each other");
        self.depth += 1;
        defer self.depth -= 1;
        var left = try self.conjunction();
        while (true) {
            const before = self.at;
            self.space();
            if (!self.take("||")) {
                self.at = before;
                return left;
            }
            self.space();
            left = try self.made(.{ .either = .{ left, try self.conjunction() } });
        }
    }

    fn conjunction(self: *Parser) Error!*const Logical {
        var left = try self.basic();
        while (true) {
            const before = self.at;
            self.space();
            if (!self.take("&&")) {
                self.at = before;
                return left;
            }
            self.space();
            left = try self.made(.{ .both = .{ left, try self.basic() } });
        }
    }

    fn basic(self: *Parser) Error!*const Logical {
        if (self.peek() == '!') {
            self.at += 1;
            self.space();
            if (self.peek() == '(') return self.made(.{ .not = try self.parenthesis() });
            if (self.peek() != '@' and self.peek() != '$') return self.fail("a query or ( is expected after !");
            return self.made(.{ .not = try self.made(.{ .exists = try self.query() }) });
        }
        if (self.peek() == '(') return self.parenthesis();
        const start = self.at;
        const left = try self.comparable();
        const end = self.at;
        self.space();
        const operator = self.comparison() orelse {
            self.at = end;
            switch (left) {
                .path => |path| return self.made(.{ .exists = path }),
                .literal => return self.fail("a comparison is expected"),
            }
        };
        try self.requireSingular(left, start);
        self.space();
        const second = self.at;
        const right = try self.comparable();
        try self.requireSingular(right, second);
        return self.made(.{ .compare = .{ .left = left, .operator = operator, .right = right } });
    }

    fn requireSingular(self: *Parser, side: Comparable, start: usize) Error!void {
        switch (side) {
            .path => |path| if (!path.isSingular()) {
                self.at = start;
                return self.fail("only a query that selects one node at most can be compared");
            },
            .literal => {},
        }
    }

    fn parenthesis(self: *Parser) Error!*const Logical {
        self.at += 1;
        self.space();
        const inner = try self.logical();
        self.space();
        if (!self.take(")")) return self.fail("a ) is expected");
        return inner;
    }

    fn comparison(self: *Parser) ?Operator {
        if (self.take("==")) return .equal;
        if (self.take("!=")) return .unequal;
        if (self.take("<=")) return .less_equal;
        if (self.take(">=")) return .greater_equal;
        if (self.take("<")) return .less;
        if (self.take(">")) return .greater;
        return null;
    }

    fn comparable(self: *Parser) Error!Comparable {
        switch (self.peek()) {
            '@', '$' => {
                if (self.depth == max_depth) return self.fail("more than 32 filters and parentheses are inside each other");
                self.depth += 1;
                defer self.depth -= 1;
                return .{ .path = try self.query() };
            },
            '\'', '"' => return .{ .literal = .{ .string = try self.string() } },
            '-', '0'...'9' => return .{ .literal = .{ .number = try self.number() } },
            else => {},
        }
        const start = self.at;
        while (isNameByte(self.peek())) self.at += 1;
        const word = self.text[start..self.at];
        if (std.mem.eql(u8, word, "true")) return .{ .literal = .true };
        if (std.mem.eql(u8, word, "false")) return .{ .literal = .false };
        if (std.mem.eql(u8, word, "null")) return .{ .literal = .null };
        self.at = start;
        return self.fail("@, $, a text, a number, true, false or null is expected; functions are not supported");
    }

    fn number(self: *Parser) Error![]const u8 {
        var json: document.Parser = .{ .allocator = self.allocator, .text = self.text, .at = self.at };
        json.number() catch {
            self.at = json.at;
            return self.fail(json.message);
        };
        defer self.at = json.at;
        return self.text[self.at..json.at];
    }
};
