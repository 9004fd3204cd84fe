package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.Resource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Chooses numbers for the wire: one for each network, and one for each gateway of a router. */
final class Vnis {
    private Vnis() {}

    /** A VNI that is probably free: a random one, or one that a search finds when the range is well used. */
    static int choose(Plan plan, Settings settings) {
        int size = settings.maxVni() - settings.minVni() + 1;
        int start = ThreadLocalRandom.current().nextInt(size);
        int mostUsed = plan.world().count(Resource.Kind.NETWORK) + plan.world().count(Resource.Kind.ROUTER);
        if (mostUsed < size / 64 && !plan.writes(Layout.vni(settings.minVni() + start))) {
            return settings.minVni() + start;
        }
        Set<Integer> used = new HashSet<>();
        plan.world().networks().forEach(network -> used.add(network.vni()));
        plan.world().routers().forEach(router -> router.gateways().forEach(gateway -> used.add(gateway.transitVni())));
        for (int i = 0; i < size; i++) {
            int vni = settings.minVni() + (start + i) % size;
            if (!used.contains(vni) && !plan.writes(Layout.vni(vni))) {
                return vni;
            }
        }
        throw Problem.NO_NETWORK_AVAILABLE.with();
    }
}
