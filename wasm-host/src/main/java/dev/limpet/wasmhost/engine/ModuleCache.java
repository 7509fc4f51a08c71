package dev.limpet.wasmhost.engine;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Modules by the SHA-256 of their wasm: loaded ones in memory, compiled ones on disk, others are
 * compiled, each once for all who wait for it. Safe for use by many threads.
 */
public final class ModuleCache implements AutoCloseable {

  /** Reasons of a kilobyte each: who asks for a module again gets the answer without the work. */
  static final int MAX_REMEMBERED_REFUSALS = 1000;

  /** A module may be refused for what the machine was short of just then. */
  private static final Duration REFUSAL_LASTS = Duration.ofMinutes(10);

  /** One slow module must not hold up the others. */
  private static final int COMPILER_THREADS = 2;

  private static final long COMPILER_STACK_BYTES = 16L << 20;

  private static final System.Logger LOG = System.getLogger(ModuleCache.class.getName());

  /** Where a module came from. */
  public enum Origin {
    /** It was loaded. */
    MEMORY,
    /** Its code was on disk. */
    DISK,
    /** It was compiled. */
    COMPILED
  }

  /**
   * A module and where it came from.
   *
   * @param module loaded
   * @param origin where from
   */
  public record Hit(LoadedModule module, Origin origin) {}

  private final HostFunctions host;
  private final CodeStore disk;
  private final Cache<String, LoadedModule> loaded;
  private final ReentrantLock loading = new ReentrantLock();
  private final Compiler compiler;
  private final ExecutorService compiling = compilerThreads();
  private final ConcurrentHashMap<String, CompletableFuture<Hit>> compilations =
      new ConcurrentHashMap<>();
  private final Cache<String, ModuleRefused> refused =
      Caffeine.newBuilder()
          .maximumSize(MAX_REMEMBERED_REFUSALS)
          .expireAfterWrite(REFUSAL_LASTS)
          .executor(Runnable::run)
          .build();

  /**
   * Opens the cache.
   *
   * @param compiler makes what is not there; closed with the cache
   * @param storage where code is kept
   * @param dropped hears of modules that are not in memory any more
   * @throws IOException when the folder cannot be used
   */
  public ModuleCache(
      HostFunctions host, Compiler compiler, Storage storage, Consumer<LoadedModule> dropped)
      throws IOException {
    this.host = host;
    this.compiler = compiler;
    this.disk = CodeStore.open(storage.directory(), storage.macKey(), storage.diskBytes());
    this.loaded =
        Caffeine.newBuilder()
            .maximumWeight(storage.memoryBytes())
            .weigher((String key, LoadedModule module) -> weight(module))
            .executor(Runnable::run)
            .removalListener(
                (@Nullable String key, @Nullable LoadedModule module, RemovalCause cause) ->
                    dropped.accept(requireNonNull(module)))
            .build();
  }

  /**
   * Where code is kept, and how much.
   *
   * @param directory for compiled code
   * @param macKey vouches for it
   * @param diskBytes in the folder
   * @param memoryBytes of heap and metaspace, as estimated
   */
  public record Storage(Path directory, SecretKey macKey, long diskBytes, long memoryBytes) {

    @Override
    public String toString() {
      return "Storage[" + directory + "]";
    }
  }

  private static int weight(LoadedModule module) {
    return (int) Math.min(Integer.MAX_VALUE, module.retainedBytes());
  }

  /** The module when it is loaded or on disk. */
  public @Nullable Hit find(String sha256) {
    LoadedModule module = loaded.getIfPresent(sha256);
    return module != null ? new Hit(module, Origin.MEMORY) : loadFromDisk(sha256);
  }

  private @Nullable Hit loadFromDisk(String sha256) {
    loading.lock();
    try {
      LoadedModule meanwhile = loaded.getIfPresent(sha256);
      if (meanwhile != null) {
        return new Hit(meanwhile, Origin.MEMORY);
      }
      byte[] content = disk.load(key(sha256));
      LoadedModule module = content == null ? null : loadOrDelete(sha256, content);
      if (module == null) {
        return null;
      }
      loaded.put(sha256, module);
      return new Hit(module, Origin.DISK);
    } finally {
      loading.unlock();
    }
  }

  /** Code that is ours and still does not load was made by a bug: it is made again. */
  private @Nullable LoadedModule loadOrDelete(String sha256, byte[] content) {
    try {
      Artifact artifact = Artifact.decode(content);
      if (artifact != null) {
        artifact.classes().forEach(ClassScan::check);
        return LoadedModule.load(artifact, host);
      }
      LOG.log(Level.WARNING, "compiled code of module {0} is malformed: deleted", sha256);
    } catch (ClassScan.Forbidden | ModuleRefused e) {
      LOG.log(Level.WARNING, "compiled code of module " + sha256 + " is refused: deleted", e);
    }
    disk.delete(key(sha256));
    return null;
  }

  /**
   * The module, compiled when there is no other way. Who gives up waiting takes nothing from
   * others: it is compiled to the end.
   *
   * @param wasm admitted by the gate
   * @throws ModuleRefused when the engine cannot run it
   * @throws CompilerFailedException when it could not be compiled
   */
  public Hit compile(String sha256, byte[] wasm) {
    Hit known = find(sha256);
    return known != null ? known : await(compilation(sha256, wasm));
  }

  private CompletableFuture<Hit> compilation(String sha256, byte[] wasm) {
    CompletableFuture<Hit> mine = new CompletableFuture<>();
    CompletableFuture<Hit> other = compilations.putIfAbsent(sha256, mine);
    if (other != null) {
      return other;
    }
    try {
      compiling.execute(() -> compile(sha256, wasm, mine));
    } catch (RejectedExecutionException e) {
      compilations.remove(sha256, mine);
      mine.completeExceptionally(new CompilerFailedException("the compiler is being closed", e));
    }
    return mine;
  }

  private void compile(String sha256, byte[] wasm, CompletableFuture<Hit> result) {
    try {
      Hit hit = compileOnce(sha256, wasm);
      compilations.remove(sha256, result);
      result.complete(hit);
    } catch (RuntimeException | Error e) {
      compilations.remove(sha256, result);
      result.completeExceptionally(e);
    }
  }

  private Hit compileOnce(String sha256, byte[] wasm) {
    Hit found = find(sha256);
    if (found != null) {
      return found;
    }
    ModuleRefused before = refused.getIfPresent(sha256);
    if (before != null) {
      throw new ModuleRefused(before.refusal());
    }
    try {
      Artifact artifact = compiler.compile(wasm);
      LoadedModule module = LoadedModule.load(artifact, host);
      disk.store(key(sha256), artifact.encode());
      loaded.put(sha256, module);
      return new Hit(module, Origin.COMPILED);
    } catch (ModuleRefused e) {
      refused.put(sha256, e);
      throw e;
    }
  }

  /** Compiling cannot be interrupted, so neither can waiting for it. */
  private static Hit await(CompletableFuture<Hit> compiled) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return compiled.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw unwrapped(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends what compiles; what is loaded stays so. */
  @Override
  public void close() {
    compiling.shutdown();
    compiler.close();
  }

  private static RuntimeException unwrapped(@Nullable Throwable cause) {
    return switch (cause) {
      case Error error -> throw error;
      case RuntimeException exception -> exception;
      case null, default -> new IllegalStateException("compiling failed", cause);
    };
  }

  /**
   * Threads that compile, or wait for what does: of the platform, since they may compute for
   * seconds and would hold up carriers of virtual threads; with deep stacks, since the engine
   * recurses. They go away when there is nothing to do. Their queue is no longer than there are
   * callers, who wait.
   */
  private static ExecutorService compilerThreads() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            COMPILER_THREADS,
            COMPILER_THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                .name("limpet-compiler-", 0)
                .daemon()
                .stackSize(COMPILER_STACK_BYTES)
                .factory());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Everything that decides what the code is: the module, the engine, the pass, its options. */
  static byte[] key(String sha256) {
    return key(sha256, ModuleCompiler.VERSION);
  }

  static byte[] key(String sha256, String version) {
    return digest(("limpet-code\n" + version + "\n" + sha256).getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256 as 64 hexadecimal digits. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest(bytes));
  }

  private static byte[] digest(byte[] bytes) {
    return sha256().digest(bytes);
  }

  /** A SHA-256 that has seen nothing yet. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
