package dev.limpet.wasmhost.engine;

/** Whose functions a call through a table may find there. */
enum Callees {
  /**
   * Those of the instance that calls. Every guest is such: the gate admits imports of functions
   * only, and no instance is given what another one exports. So a guest may export its table.
   */
  OWN,

  /**
   * Those of other instances too, as in the scripts of the specification, where a table is imported
   * from another instance or by one, and an element may be the value of another's global.
   */
  OF_ANY
}
