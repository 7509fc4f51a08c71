package dev.limpet.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Builds commands: those that talk to a terminal or a server take the {@link Session}. */
final class CommandFactory implements IFactory {
  private final IFactory standard = CommandLine.defaultFactory();
  private final Session session;

  CommandFactory(Session session) {
    this.session = session;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    for (var constructor : type.getDeclaredConstructors()) {
      if (constructor.getParameterCount() == 1
          && constructor.getParameterTypes()[0] == Session.class) {
        // Only this factory builds commands, so their constructors are not public.
        constructor.setAccessible(true);
        return type.cast(constructor.newInstance(session));
      }
    }
    return standard.create(type);
  }
}
