/**
 * The Java face of the data path: loads the eBPF programs, attaches them to devices, and reads and writes their tables.
 * A table is a kernel map with a record for its key and a record for its value; what stands in it is exactly what the
 * programs obey. What should stand there is the agent's matter: nothing here compares, remembers or retries.
 */
@NullMarked
package io.weft.vrouter;

import org.jspecify.annotations.NullMarked;
