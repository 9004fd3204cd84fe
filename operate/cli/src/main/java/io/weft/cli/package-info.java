/**
 * The command line: it runs a server or an agent, and asks a server for what an operator wants to know or do.
 *
 * <p>Commands of an operator go through the server's API like anybody's, except those on a store that no server has
 * open. Each prints for people, or with {@code --json} one JSON value; errors go to standard error and set the status.
 */
@NullMarked
package io.weft.cli;

import org.jspecify.annotations.NullMarked;
