/**
 * What the node says of itself to the server: the revision in force, the states of its ports, what is wrong with it.
 * Reports are gathered into a few a second, and forwarding never waits for one; after a pause everything is told anew.
 */
@NullMarked
package io.weft.agent.status;

import org.jspecify.annotations.NullMarked;
