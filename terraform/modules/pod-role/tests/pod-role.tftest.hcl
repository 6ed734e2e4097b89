mock_provider "aws" {
  source = "../../mocks/aws"
}

variables {
  name            = "pitboss-test-secrets"
  cluster_name    = "pitboss-test"
  namespace       = "external-secrets"
  service_account = "external-secrets"
  policy          = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
}

run "one_service_account_of_one_cluster_takes_it" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Condition = {
        StringEquals = {
          "aws:SourceAccount"                         = "123456789012"
          "aws:RequestTag/eks-cluster-name"           = "pitboss-test"
          "aws:RequestTag/kubernetes-namespace"       = "external-secrets"
          "aws:RequestTag/kubernetes-service-account" = "external-secrets"
        }
      }
    }]
    error_message = "nobody else"
  }
  assert {
    condition     = aws_eks_pod_identity_association.this[0].service_account == "external-secrets"
    error_message = "associated"
  }
}

run "an_add_on_associates_itself" {
  command = plan

  variables {
    associate        = false
    policy           = null
    managed_policies = ["AmazonEKS_CNI_Policy"]
  }
  assert {
    condition     = length(aws_eks_pod_identity_association.this) == 0 && length(aws_iam_role_policy.this) == 0
    error_message = "a role and no association"
  }
  assert {
    condition     = aws_iam_role_policy_attachment.this["AmazonEKS_CNI_Policy"].policy_arn == "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    error_message = "the managed policy"
  }
}

run "patterns_are_refused" {
  command         = plan
  expect_failures = [var.namespace, var.service_account, var.policy]

  variables {
    namespace       = "*"
    service_account = "*"
    policy          = "all"
  }
}
