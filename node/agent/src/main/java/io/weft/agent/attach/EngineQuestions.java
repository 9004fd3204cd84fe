package io.weft.agent.attach;

import io.weft.agent.attach.AttachException.Reason;
import io.weft.docker.DockerCheck;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a container engine of this host left behind.
 *
 * @param docker the check; empty when the agent serves no Docker engine
 */
public record EngineQuestions(Optional<DockerCheck> docker) {
    /**
     * Compares, and repairs when {@code repair} is {@code true}.
     *
     * @return {@code findings}, each with {@code kind}, {@code id}, {@code detail} and {@code repaired}
     * @throws AttachException when there is no engine
     */
    Map<String, Object> checkDocker(Map<String, String> words) {
        DockerCheck check = docker.orElseThrow(() ->
                new AttachException(Reason.NOT_FOUND, "this agent serves no Docker engine: it has no --docker-socket"));
        try {
            return Map.of(
                    "findings",
                    check.run("true".equals(words.get("repair"))).stream()
                            .map(EngineQuestions::row)
                            .toList());
        } catch (IOException e) {
            throw new AttachException(Reason.NOT_FOUND, "no Docker engine answers: " + e.getMessage());
        }
    }

    private static Map<String, Object> row(DockerCheck.Finding finding) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", finding.kind());
        row.put("id", finding.id());
        row.put("detail", finding.detail());
        row.put("repaired", finding.repaired());
        return row;
    }
}
