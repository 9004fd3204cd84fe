/**
 * Workloads and their devices: which device of the host belongs to which port, how a workload is joined to its port on
 * request, and the unix socket where that is asked for. A device says itself whose it is (by its alias, or by a name as
 * Nova gives taps), so that nothing need be remembered over a restart.
 */
@NullMarked
package io.weft.agent.attach;

import org.jspecify.annotations.NullMarked;
