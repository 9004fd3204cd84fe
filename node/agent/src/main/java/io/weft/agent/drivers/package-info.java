/**
 * From what the kernel should hold to what it holds: each driver keeps the difference between the two and works it off.
 * A driver resyncs with the kernel on its own, retries with growing pauses, and removes what it did not put there only
 * once a complete set of records has said what should be there.
 */
@NullMarked
package io.weft.agent.drivers;

import org.jspecify.annotations.NullMarked;
