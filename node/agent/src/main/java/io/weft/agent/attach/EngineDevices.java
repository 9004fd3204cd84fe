package io.weft.agent.attach;

import io.weft.docker.Workloads;
import java.util.Set;
import java.util.UUID;

/** Devices for a Docker engine's containers: the engine moves one end into the container's namespace. */
public final class EngineDevices implements Workloads {
    private final String host;
    private final Attacher attacher;

    public EngineDevices(String host, Attacher attacher) {
        this.host = host;
        this.attacher = attacher;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public String attach(UUID port) {
        return attacher.attachLoose(port);
    }

    @Override
    public void detach(UUID port) {
        try {
            attacher.detach(port);
        } catch (AttachException e) {
            if (e.reason() != AttachException.Reason.NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public Set<UUID> attached() {
        return attacher.made();
    }
}
