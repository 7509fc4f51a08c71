//! What a query selects of a document, in the order of RFC 9535.

const std = @import("std");
const document = @import("document.zig");
const query = @import("query.zig");

/// Nodes that a segment selects; a query of a few wildcards could select them for ever.
pub const max_nodes = 2_000_000;

pub const Error = error{ OutOfMemory, TooMany };

const List = std.ArrayList(u32);

pub const Evaluation = struct {
    allocator: std.mem.Allocator,
    document: document.Document,

    /// The nodes that a path selects, which the caller frees.
    pub fn select(self: Evaluation, path: query.Path, current: u32) Error!List {
        var nodes: List = .empty;
        errdefer nodes.deinit(self.allocator);
        try nodes.append(self.allocator, if (path.absolute) 0 else current);
        for (path.segments) |segment| {
            var selected: List = .empty;
            errdefer selected.deinit(self.allocator);
            for (nodes.items) |node| {
                if (segment.descendant) {
                    for (node..self.document.nodes[node].next) |inner| try self.apply(segment, @intCast(inner), &selected);
                } else {
                    try self.apply(segment, node, &selected);
                }
            }
            nodes.deinit(self.allocator);
            nodes = selected;
        }
        return nodes;
    }

    fn add(self: Evaluation, node: u32, selected: *List) Error!void {
        if (selected.items.len == max_nodes) return error.TooMany;
        try selected.append(self.allocator, node);
    }

    fn apply(self: Evaluation, segment: query.Segment, node: u32, selected: *List) Error!void {
        switch (self.document.nodes[node].kind) {
            .object, .array => {},
            else => return,
        }
        for (segment.selectors) |selector| {
            switch (selector) {
                .name => |name| if (try self.member(node, name)) |value| try self.add(value, selected),
                .index => |index| if (self.element(node, index)) |value| try self.add(value, selected),
                .slice => |slice| try self.cut(node, slice, selected),
                .wildcard => {
                    var all = self.document.children(node);
                    while (all.next()) |child| try self.add(child.value, selected);
                },
                .filter => |filter| {
                    var all = self.document.children(node);
                    while (all.next()) |child| {
                        if (try self.holds(filter, child.value)) try self.add(child.value, selected);
                    }
                },
            }
        }
    }

    /// Of several members of that name the last one counts.
    fn member(self: Evaluation, node: u32, name: []const u8) Error!?u32 {
        if (self.document.nodes[node].kind != .object) return null;
        var found: ?u32 = null;
        var all = self.document.children(node);
        while (all.next()) |child| {
            if (try self.isText(child.key.?, name)) found = child.value;
        }
        return found;
    }

    fn isText(self: Evaluation, node: u32, text: []const u8) Error!bool {
        const quoted = self.document.source(node);
        const decoded = try document.decode(self.allocator, quoted);
        defer self.release(quoted, decoded);
        return std.mem.eql(u8, decoded, text);
    }

    /// Decoding allocates only where there are escapes.
    fn release(self: Evaluation, quoted: []const u8, decoded: []const u8) void {
        if (decoded.ptr != quoted.ptr + 1) self.allocator.free(decoded);
    }

    fn element(self: Evaluation, node: u32, index: i64) ?u32 {
        if (self.document.nodes[node].kind != .array) return null;
        const wanted = if (index < 0) index + self.document.count(node) else index;
        if (wanted < 0) return null;
        var position: i64 = 0;
        var all = self.document.children(node);
        while (all.next()) |child| : (position += 1) {
            if (position == wanted) return child.value;
        }
        return null;
    }

    fn cut(self: Evaluation, node: u32, slice: query.Slice, selected: *List) Error!void {
        if (self.document.nodes[node].kind != .array or slice.step == 0) return;
        var elements: List = .empty;
        defer elements.deinit(self.allocator);
        var all = self.document.children(node);
        while (all.next()) |child| try elements.append(self.allocator, child.value);
        const length: i64 = @intCast(elements.items.len);
        if (slice.step > 0) {
            var at = std.math.clamp(counted(slice.start orelse 0, length), 0, length);
            const end = std.math.clamp(counted(slice.end orelse length, length), 0, length);
            while (at < end) : (at += slice.step) try self.add(elements.items[@intCast(at)], selected);
        } else {
            var at = std.math.clamp(counted(slice.start orelse length - 1, length), -1, length - 1);
            const end = if (slice.end) |end| std.math.clamp(counted(end, length), -1, length - 1) else -1;
            while (at > end) : (at += slice.step) try self.add(elements.items[@intCast(at)], selected);
        }
    }

    fn counted(position: i64, length: i64) i64 {
        return if (position < 0) position + length else position;
    }

    fn holds(self: Evaluation, filter: *const query.Logical, current: u32) Error!bool {
        return switch (filter.*) {
            .either => |sides| try self.holds(sides[0], current) or try self.holds(sides[1], current),
            .both => |sides| try self.holds(sides[0], current) and try self.holds(sides[1], current),
            .not => |inner| !try self.holds(inner, current),
            .exists => |path| {
                var nodes = try self.select(path, current);
                defer nodes.deinit(self.allocator);
                return nodes.items.len > 0;
            },
            .compare => |comparison| {
                const left = try self.side(comparison.left, current);
                const right = try self.side(comparison.right, current);
                return switch (comparison.operator) {
                    .equal => self.equal(left, right),
                    .unequal => !try self.equal(left, right),
                    .less => self.less(left, right),
                    .greater => self.less(right, left),
                    .less_equal => try self.less(left, right) or try self.equal(left, right),
                    .greater_equal => try self.less(right, left) or try self.equal(left, right),
                };
            },
        };
    }

    /// One side of a comparison: a value of the query, a node, or nothing.
    const Side = union(enum) { literal: query.Literal, node: u32, nothing };

    fn side(self: Evaluation, comparable: query.Comparable, current: u32) Error!Side {
        const path = switch (comparable) {
            .literal => |literal| return .{ .literal = literal },
            .path => |path| path,
        };
        var node: u32 = if (path.absolute) 0 else current;
        for (path.segments) |segment| {
            const next = switch (segment.selectors[0]) {
                .name => |name| try self.member(node, name),
                .index => |index| self.element(node, index),
                else => unreachable,
            };
            node = next orelse return .nothing;
        }
        return .{ .node = node };
    }

    fn kind(self: Evaluation, one: Side) ?document.Kind {
        return switch (one) {
            .nothing => null,
            .node => |node| self.document.nodes[node].kind,
            .literal => |literal| switch (literal) {
                .string => .string,
                .number => .number,
                .true => .true,
                .false => .false,
                .null => .null,
            },
        };
    }

    fn equal(self: Evaluation, left: Side, right: Side) Error!bool {
        const first = self.kind(left);
        if (first != self.kind(right)) return false;
        return switch (first orelse return true) {
            .true, .false, .null => true,
            .number => self.number(left) == self.number(right),
            .string => try self.order(left, right) == .eq,
            // Only nodes have such a kind.
            .array => self.equalArrays(left.node, right.node),
            .object => self.equalObjects(left.node, right.node),
            .key => false,
        };
    }

    fn equalArrays(self: Evaluation, left: u32, right: u32) Error!bool {
        var first = self.document.children(left);
        var second = self.document.children(right);
        while (first.next()) |one| {
            const other = second.next() orelse return false;
            if (!try self.equal(.{ .node = one.value }, .{ .node = other.value })) return false;
        }
        return second.next() == null;
    }

    fn equalObjects(self: Evaluation, left: u32, right: u32) Error!bool {
        if (self.document.count(left) != self.document.count(right)) return false;
        var first = self.document.children(left);
        while (first.next()) |one| {
            const quoted = self.document.source(one.key.?);
            const name = try document.decode(self.allocator, quoted);
            defer self.release(quoted, name);
            const other = try self.member(right, name) orelse return false;
            if (!try self.equal(.{ .node = one.value }, .{ .node = other })) return false;
        }
        return true;
    }

    fn less(self: Evaluation, left: Side, right: Side) Error!bool {
        const first = self.kind(left);
        if (first != self.kind(right)) return false;
        return switch (first orelse return false) {
            .number => self.number(left) < self.number(right),
            .string => try self.order(left, right) == .lt,
            else => false,
        };
    }

    fn number(self: Evaluation, one: Side) f64 {
        const text = switch (one) {
            .literal => |literal| literal.number,
            .node => |node| self.document.source(node),
            .nothing => unreachable,
        };
        return std.fmt.parseFloat(f64, text) catch unreachable;
    }

    /// In the order of code points, which is that of the bytes of UTF-8.
    fn order(self: Evaluation, left: Side, right: Side) Error!std.math.Order {
        const first = try self.string(left);
        defer self.releaseString(left, first);
        const second = try self.string(right);
        defer self.releaseString(right, second);
        return std.mem.order(u8, first, second);
    }

    fn string(self: Evaluation, one: Side) Error![]const u8 {
        return switch (one) {
            .literal => |literal| literal.string,
            .node => |node| document.decode(self.allocator, self.document.source(node)),
            .nothing => unreachable,
        };
    }

    fn releaseString(self: Evaluation, one: Side, text: []const u8) void {
        switch (one) {
            .node => |node| self.release(self.document.source(node), text),
            else => {},
        }
    }
};
