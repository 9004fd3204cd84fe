package io.weft.domain;

import java.nio.file.Path;

/** The races, over the embedded store. */
class EmbeddedRacesTest extends RacesContract {
    @Override
    Servers start(Path directory, Settings settings) {
        return new Servers(directory, settings);
    }
}
