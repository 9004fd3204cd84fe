package io.weft.agent.services;

import io.weft.agent.tables.DesiredTables;
import io.weft.responders.dns.Directory;

/** Keeps a directory of names as the tables say. */
public final class Directories {
    private Directories() {}

    /** A directory that follows the tables; their thread changes it, any thread reads. */
    public static Directory following(DesiredTables tables) {
        Directory directory = new Directory();
        tables.names().onChange(key -> directory.called(key, tables.names().get(key)));
        tables.zones()
                .onChange(network -> directory.zone(network, tables.zones().get(network)));
        return directory;
    }
}
