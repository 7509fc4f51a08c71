// hello: the smallest useful function. It greets, and says what it is.
//
//   argv[0]  "function"
//   argv[1]  a name to greet (optional): ?arg=Ada
//   stdout   the answer          stderr  the log          exit 64  bad arguments

#include <stdio.h>
#include <string.h>

enum { EXIT_USAGE = 64, MAX_NAME = 256 };

// fputs and puts, not printf: what printf pulls in is ten times the size of this function.
int main(int argc, char **argv) {
  if (argc > 2 || (argc == 2 && (argv[1][0] == '\0' || strlen(argv[1]) > MAX_NAME))) {
    fputs("hello: takes one argument at most, a name of 1 to 256 bytes\n", stderr);
    return EXIT_USAGE;
  }
  fputs("Hello, ", stdout);
  fputs(argc == 2 ? argv[1] : "world", stdout);
  puts("!");
  puts("I am a function: a few KB of WebAssembly, written in C, named by a CID.");
  return 0;
}
