package dev.limpet.gateway.store;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * The one SQLite file of a gateway. It is small and asked rarely (everything that a call needs is
 * in memory), so there is one connection, and one transaction at a time. What {@link #write}
 * returned from survives a crash of process and machine: write-ahead log, synced at each commit.
 *
 * <p>Blocks; never called on an event loop.
 */
public final class Database implements AutoCloseable {
  /** What stands in {@code PRAGMA user_version} of a file with the present tables. */
  private static final int VERSION = 4;

  /** Rows that are run together: each alone asks the driver for what nobody reads. */
  private static final int MAX_BATCH_ROWS = 500;

  /** How long a copy waits for a commit of the gateway; one takes milliseconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();

  /** Something done with the connection inside a transaction. */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    /** Reads or writes. */
    T run(Connection connection) throws SQLException;
  }

  /** Reads one row of a result. */
  @FunctionalInterface
  public interface Row<T> {
    /** The value of the row that {@code result} stands on. */
    T read(ResultSet result) throws SQLException;
  }

  private Database(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens the file, which is made when it does not exist.
   *
   * @throws LimpetException {@code store-failed} when it cannot be opened or is of a newer build
   */
  public static Database open(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Database database = new Database(config.createConnection("jdbc:sqlite:" + file));
      database.prepareTables();
      return database;
    } catch (SQLException e) {
      throw failed(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies a database as it is at one moment, while a gateway has it open or not. The copy is not
   * synced.
   *
   * @param file the database
   * @param to a file that does not exist yet
   * @throws LimpetException {@code store-failed} when it cannot be read or is of a newer build
   */
  static void copy(Path file, Path to) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout((int) PATIENCE.toMillis());
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    try (Connection connection = config.createConnection("jdbc:sqlite:" + file)) {
      requireKnown(connection);
      update(connection, "VACUUM INTO ?", to.toString());
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static int requireKnown(Connection connection) throws SQLException {
    int version = query(connection, "PRAGMA user_version", row -> row.getInt(1)).getFirst();
    if (version > VERSION) {
      throw new LimpetException(
          ErrorCode.STORE_FAILED,
          "the database was written by a newer build of Limpet; start that one, or name another"
              + " dir");
    }
    return version;
  }

  private void prepareTables() throws SQLException {
    int version = requireKnown(connection);
    if (version < VERSION) {
      write(
          c -> {
            try (Statement statement = c.createStatement()) {
              for (String change : changes(version)) {
                statement.execute(change);
              }
              statement.execute("PRAGMA user_version = " + VERSION);
            }
            return null;
          });
    }
  }

  /** What makes a file of {@code version} one of the present version; 0 is an empty file. */
  private static List<String> changes(int version) {
    if (version == 0) {
      return Tables.CREATE;
    }
    List<String> changes = new ArrayList<>();
    Tables.MIGRATE.subList(version - 1, Tables.MIGRATE.size()).forEach(changes::addAll);
    return changes;
  }

  /** Runs a transaction; it is durable when this returns, and leaves nothing when it throws. */
  public <T extends @Nullable Object> T write(Work<T> work) {
    lock.lock();
    try {
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
  }

  /** All rows of a query. */
  public <T> List<T> read(String sql, Row<T> row, Object... parameters) {
    lock.lock();
    try {
      return query(connection, sql, row, parameters);
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
  }

  /** All rows of a query inside a transaction. */
  public static <T> List<T> query(
      Connection connection, String sql, Row<T> row, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet result = statement.executeQuery()) {
        List<T> rows = new ArrayList<>();
        while (result.next()) {
          rows.add(row.read(result));
        }
        return rows;
      }
    }
  }

  /** Runs one statement inside a transaction and says how many rows it changed. */
  public static int update(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      return statement.executeUpdate();
    }
  }

  /** Runs one statement inside a transaction once for each row of parameters. */
  public static void updateEach(Connection connection, String sql, Stream<Object[]> rows)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int waiting = 0;
      for (Object[] row : (Iterable<Object[]>) rows::iterator) {
        bind(statement, row);
        statement.addBatch();
        waiting++;
        if (waiting == MAX_BATCH_ROWS) {
          statement.executeBatch();
          waiting = 0;
        }
      }
      statement.executeBatch();
    }
  }

  private static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }

  private static LimpetException failed(SQLException e) {
    return new LimpetException(
        ErrorCode.STORE_FAILED, "the gateway's database failed; its log says how", e);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
  }
}
