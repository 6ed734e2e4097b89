# Roles of what Argo CD deploys, each for one service account.

locals {
  workloads = merge({
    loki = {
      namespace = "monitoring"
      account   = "loki"
      statements = [
        { Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.logs.arn },
        { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource = "${aws_s3_bucket.logs.arn}/*" },
        { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = module.logs_key.arn },
      ]
    }

    # These calls of CloudWatch and of the tagging API know no resources.
    cloudwatch-exporter = {
      namespace = "monitoring"
      account   = "cloudwatch-exporter"
      statements = [{
        Effect   = "Allow"
        Action   = ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "tag:GetResources"]
        Resource = "*"
      }]
    }
    }, length(var.target_groups) == 0 ? {} : {
    # It makes no load balancers: terraform does. It puts pods into the named target groups, and reads.
    load-balancer-controller = {
      namespace = "kube-system"
      account   = "aws-load-balancer-controller"
      statements = [
        {
          Effect   = "Allow"
          Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
          Resource = values(var.target_groups)
        },
        {
          Effect = "Allow"
          Action = [
            "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetHealth",
            "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
          ]
          Resource = "*"
        },
      ]
    }
  })
}

module "workload_role" {
  source   = "../pod-role"
  for_each = local.workloads

  name                 = "${var.name}-${each.key}"
  cluster_name         = var.cluster_name
  namespace            = each.value.namespace
  service_account      = each.value.account
  policy               = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
  permissions_boundary = var.permissions_boundary
}
