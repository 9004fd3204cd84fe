package io.weft.neutron;

import io.weft.domain.Caller;
import io.weft.rest.Call;

/** The domain's view of who asks: the policy has settled what the caller may do with what it sees. */
final class Callers {
    private Callers() {}

    static Caller of(Call call) {
        return new Caller(call.caller().project(), call.caller().global());
    }
}
