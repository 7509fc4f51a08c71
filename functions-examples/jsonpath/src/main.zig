//! Answers what a JSONPath query selects of a JSON document, one value a line.

const std = @import("std");
const wasi = std.os.wasi;
const document = @import("document.zig");
const query = @import("query.zig");
const evaluate = @import("evaluate.zig");

const allocator = std.heap.wasm_allocator;

const usage = 64;
const bad_input = 65;
const no_input = 74;

/// Bytes of a document: it is in memory as a whole, with some 16 bytes for each value.
const max_document = 32 << 20;

pub fn main() void {
    run() catch |failure| switch (failure) {
        error.OutOfMemory => fail(no_input, "the document takes more memory than the function has", .{}),
    };
}

fn run() error{OutOfMemory}!void {
    const arguments = try readArguments();
    if (arguments.len != 2) fail(usage, "takes one argument, a JSONPath query such as $.store.book[*].author", .{});
    var parser: query.Parser = .{ .allocator = allocator, .text = arguments[1] };
    const path = parser.parse() catch |failure| switch (failure) {
        error.OutOfMemory => return error.OutOfMemory,
        error.Syntax => fail(usage, "the query, at character {d}: {s}", .{ column(parser.text, parser.at), parser.message }),
    };
    var json: document.Parser = .{ .allocator = allocator, .text = try readInput() };
    const parsed = json.parse() catch |failure| switch (failure) {
        error.OutOfMemory => return error.OutOfMemory,
        error.Syntax => failIn(&json),
    };
    const evaluation: evaluate.Evaluation = .{ .allocator = allocator, .document = parsed };
    const nodes = evaluation.select(path, 0) catch |failure| switch (failure) {
        error.OutOfMemory => return error.OutOfMemory,
        error.TooMany => fail(usage, "the query selects more than {d} nodes", .{evaluate.max_nodes}),
    };
    var writer: Writer = .{};
    for (nodes.items) |node| {
        try parsed.write(node, &writer);
        try writer.append("\n");
    }
    writer.flush();
}

fn failIn(json: *document.Parser) noreturn {
    const before = json.text[0..@min(json.at, json.text.len)];
    const line = std.mem.count(u8, before, "\n") + 1;
    const start = if (std.mem.lastIndexOfScalar(u8, before, '\n')) |end| end + 1 else 0;
    fail(bad_input, "the input is no JSON, line {d}, character {d}: {s}", .{ line, column(json.text[start..], json.at - start), json.message });
}

/// Counted in characters from 1.
fn column(text: []const u8, at: usize) usize {
    var count: usize = 1;
    for (text[0..@min(at, text.len)]) |byte| {
        if (byte & 0xc0 != 0x80) count += 1;
    }
    return count;
}

fn fail(code: u8, comptime format: []const u8, arguments: anytype) noreturn {
    var buffer: [512]u8 = undefined;
    const text = std.fmt.bufPrint(&buffer, "jsonpath: " ++ format ++ "\n", arguments) catch buffer[0..];
    write(2, text);
    wasi.proc_exit(code);
}

fn readArguments() error{OutOfMemory}![]const []const u8 {
    var count: usize = undefined;
    var size: usize = undefined;
    if (wasi.args_sizes_get(&count, &size) != .SUCCESS) fail(no_input, "the arguments cannot be read", .{});
    const pointers = try allocator.alloc([*:0]u8, count);
    const bytes = try allocator.alloc(u8, size);
    if (wasi.args_get(pointers.ptr, bytes.ptr) != .SUCCESS) fail(no_input, "the arguments cannot be read", .{});
    const arguments = try allocator.alloc([]const u8, count);
    for (arguments, pointers) |*argument, pointer| argument.* = std.mem.span(pointer);
    return arguments;
}

/// All of `/data`, or without it of standard input.
fn readInput() error{OutOfMemory}![]const u8 {
    const input = openData() orelse 0;
    var text: std.ArrayList(u8) = .empty;
    while (true) {
        try text.ensureUnusedCapacity(allocator, 1 << 16);
        const free = text.unusedCapacitySlice();
        const part = [_]wasi.iovec_t{.{ .base = free.ptr, .len = free.len }};
        var count: usize = undefined;
        switch (wasi.fd_read(input, &part, 1, &count)) {
            .SUCCESS => {},
            .ISDIR => fail(usage, "the data is a folder: name a file below it", .{}),
            else => |code| fail(no_input, "the input cannot be read: {t}", .{code}),
        }
        if (count == 0) return text.items;
        text.items.len += count;
        if (text.items.len > max_document) fail(bad_input, "the document has more than 32 MiB", .{});
    }
}

/// The descriptor of `/data`: where it is a file, it has a descriptor from the start, as a folder it is the one that is given.
fn openData() ?wasi.fd_t {
    var descriptor: wasi.fd_t = 3;
    while (true) : (descriptor += 1) {
        var given: wasi.prestat_t = undefined;
        if (wasi.fd_prestat_get(descriptor, &given) != .SUCCESS) return null;
        var name: [16]u8 = undefined;
        const length = given.u.dir.pr_name_len;
        if (length > name.len or wasi.fd_prestat_dir_name(descriptor, &name, length) != .SUCCESS) continue;
        if (std.mem.eql(u8, name[0..length], "/data")) return file(descriptor);
    }
}

fn file(given: wasi.fd_t) wasi.fd_t {
    var opened: wasi.fd_t = undefined;
    const rights: wasi.rights_t = .{ .FD_READ = true, .FD_SEEK = true };
    return switch (wasi.path_open(given, .{ .SYMLINK_FOLLOW = true }, ".", 1, .{}, rights, .{}, .{}, &opened)) {
        .SUCCESS => opened,
        else => given,
    };
}

/// Standard output, in parts of 64 KiB.
const Writer = struct {
    buffer: [1 << 16]u8 = undefined,
    used: usize = 0,

    pub fn append(self: *Writer, text: []const u8) error{OutOfMemory}!void {
        if (text.len > self.buffer.len - self.used) self.flush();
        if (text.len > self.buffer.len) {
            write(1, text);
            return;
        }
        @memcpy(self.buffer[self.used..][0..text.len], text);
        self.used += text.len;
    }

    fn flush(self: *Writer) void {
        write(1, self.buffer[0..self.used]);
        self.used = 0;
    }
};

fn write(output: wasi.fd_t, text: []const u8) void {
    var rest = text;
    while (rest.len > 0) {
        const part = [_]wasi.ciovec_t{.{ .base = rest.ptr, .len = rest.len }};
        var count: usize = undefined;
        if (wasi.fd_write(output, &part, 1, &count) != .SUCCESS) wasi.proc_exit(no_input);
        rest = rest[count..];
    }
}
