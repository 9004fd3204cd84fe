package io.weft.agent.attach;

import java.util.Map;

/** Answers what the CNI executable hands on. */
public interface ContainerRequests {
    /**
     * An answer.
     *
     * @param done false for an error
     * @param body JSON
     */
    record Answer(boolean done, Map<String, Object> body) {}

    /** Does what a request asks for; the body is the environment and the network configuration. */
    Answer answer(byte[] body);
}
