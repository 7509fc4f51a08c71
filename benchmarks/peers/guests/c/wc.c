// Lines, words and bytes of /data, or of the file that is named: what `wc` counts, in 64 KiB reads.

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static unsigned char piece[64 << 10];

int main(int argc, char **argv) {
  int file = open(argc > 1 ? argv[1] : "/data", O_RDONLY);
  if (file < 0) {
    fputs("wc: cannot open it\n", stderr);
    return 74;
  }
  unsigned long lines = 0, words = 0, bytes = 0;
  int inside = 0;
  ssize_t got;
  while ((got = read(file, piece, sizeof piece)) > 0) {
    bytes += (unsigned long)got;
    for (ssize_t i = 0; i < got; i++) {
      unsigned char c = piece[i];
      lines += c == '\n';
      int space = c == ' ' || (c >= '\t' && c <= '\r');
      words += !space && !inside;
      inside = !space;
    }
  }
  printf("%lu %lu %lu\n", lines, words, bytes);
  return got < 0 ? 74 : 0;
}
