package io.weft.server;

import io.weft.compiler.Fabric;
import io.weft.domain.replica.Subscriber;
import io.weft.domain.replica.View;
import io.weft.model.Change;
import io.weft.model.World;
import java.util.List;

/** Hands every step of the replica to the compiler. */
record Compilation(Fabric fabric) implements Subscriber {
    @Override
    public void started(View view) {
        fabric.onWorld(World.empty(), view.world(), Fabric.everything(view.world()));
    }

    @Override
    public void changed(View before, View after, List<Change> changes) {
        fabric.onWorld(before.world(), after.world(), changes);
    }
}
