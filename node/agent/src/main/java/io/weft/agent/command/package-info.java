/**
 * The agent's part of the command line: {@code agent}, {@code attach}, {@code detach} and {@code ports}.
 * The last three speak to the agent of this host over its unix socket. Commands only read arguments and print; status 0
 * means that what was asked is done.
 */
@NullMarked
package io.weft.agent.command;

import org.jspecify.annotations.NullMarked;
