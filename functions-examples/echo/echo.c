// echo: answers with the body of its request and its content type, piece by piece as it comes.
//
//   stdin         the body           CONTENT_TYPE               its type
//   stdout        head and body      PATH_INFO, QUERY_STRING    have to be empty: else status 400

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 * 1024 };

static char piece[PIECE];

// Not buffered by stdio: what was read is written before more is waited for.
static int write_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written < 0) {
      return -1;
    }
    bytes += written;
    length -= (size_t)written;
  }
  return 0;
}

static int write_text(const char *text) { return write_all(text, strlen(text)); }

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

static int write_head(void) {
  const char *type = variable("CONTENT_TYPE");
  return write_text("Content-Type: ") < 0 ||
                 write_text(type[0] == '\0' ? "application/octet-stream" : type) < 0 ||
                 write_text("\n\n") < 0
             ? -1
             : 0;
}

int main(void) {
  if (variable("PATH_INFO")[0] != '\0' || variable("QUERY_STRING")[0] != '\0') {
    return write_text("Status: 400\nContent-Type: text/plain; charset=utf-8\n\n"
                      "echo takes no path and no query, only a body\n") < 0;
  }
  if (write_head() < 0) {
    return 1;
  }
  for (;;) {
    ssize_t length = read(STDIN_FILENO, piece, PIECE);
    if (length <= 0) {
      return length < 0;
    }
    if (write_all(piece, (size_t)length) < 0) {
      return 1;
    }
  }
}
