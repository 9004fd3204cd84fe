package io.weft.server.log;

import java.util.logging.LogManager;

/**
 * The JDK's log manager, which does not throw handlers away when the process begins to end: what a server does while it
 * stops is logged too.
 */
public final class KeptLogManager extends LogManager {
    @Override
    public void reset() {
        // The handler writes to standard error and needs no closing.
    }
}
